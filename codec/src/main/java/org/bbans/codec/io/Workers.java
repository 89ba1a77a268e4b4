package org.bbans.codec.io;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The threads of one stream or archive: daemons, gone when it is closed. */
public final class Workers implements AutoCloseable {

    private static final long TICK_MILLIS = 200;

    private final ExecutorService executor;

    /** So many threads of this name. */
    public Workers(int threads, String name) {
        executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Runs a task when a thread is free. */
    public <T> Future<T> submit(Callable<T> task) {
        return executor.submit(task);
    }

    /** Runs a task in this thread. */
    public static <T> Future<T> finished(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        future.run();
        return future;
    }

    /** Runs a task once another one has ended, however that was. */
    public <T> CompletableFuture<T> submitAfter(CompletableFuture<?> other, Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        other.whenComplete((value, failure) -> {
            try {
                executor.execute(() -> complete(result, task));
            } catch (RejectedExecutionException e) {
                // The stream is closed: nobody waits for this any more.
                result.cancel(false);
            }
        });
        return result;
    }

    private static <T> void complete(CompletableFuture<T> result, Callable<T> task) {
        if (result.isCancelled()) {
            return;
        }
        try {
            result.complete(task.call());
        } catch (Exception | Error e) {
            result.completeExceptionally(e);
        }
    }

    /**
     * Waits for a task's result and throws what it threw.
     *
     * @param tick is run now and then meanwhile
     * @throws IOException too if these threads have been stopped, for the task may then never end
     */
    public <T> T await(Future<T> future, Runnable tick) throws IOException {
        try {
            while (true) {
                try {
                    return future.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (executor.isShutdown()) {
                        throw new IOException("closed while a block was being coded or decoded");
                    }
                    tick.run();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException("interrupted while a block was being coded or decoded");
            interrupted.initCause(e);
            throw interrupted;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IOException io) {
                throw io;
            }
            if (cause instanceof RuntimeException runtime) {
                throw runtime;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw new AssertionError(cause);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
