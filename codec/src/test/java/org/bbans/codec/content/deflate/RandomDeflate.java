package org.bbans.codec.content.deflate;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;

/** Valid DEFLATE streams of random choices. */
final class RandomDeflate {

    private RandomDeflate() {}

    static byte[] of(byte[] data, Random random) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DeflateWriter writer = new DeflateWriter(out, Long.MAX_VALUE);
        PlainWindow plain = new PlainWindow(new ByteArrayInputStream(data));
        TokenPredictor predictor =
                new TokenPredictor(
                        new DeflateEncoder(DeflateEncoder.Search.LAZY, 5 + random.nextInt(5), 15, 15, 14, false),
                        plain);
        CodePredictor codes = new CodePredictor();
        DeflateBlock block = new DeflateBlock();
        do {
            block.clear();
            int kind = random.nextInt(8);
            block.type = DeflateBlock.Type.values()[kind < 1 ? 0 : kind < 3 ? 1 : 2];
            int count = random.nextInt(10) == 0 ? 0 : random.nextInt(9_000);
            if (block.type == DeflateBlock.Type.STORED) {
                int at = predictor.place();
                block.storedBytes = Math.min(count, data.length - at);
                block.padding = random.nextInt(2);
                predictor.takeStored(block.storedBytes);
                block.last = predictor.ahead() == 0;
                if (writer.bitsToByte(3) == 0) {
                    block.padding = 0;
                }
                writer.write(block);
                writer.bytes(data, at, block.storedBytes);
                continue;
            }
            for (int i = 0; i < count && predictor.ahead() > 0; i++) {
                int token = predictor.predict();
                int distance = 1 + random.nextInt(DeflateTables.WINDOW);
                int length = 3 + random.nextInt(4);
                if (random.nextInt(3) == 0 && predictor.isRight(length, distance)) {
                    token = DeflateBlock.match(length, distance);
                } else if (random.nextInt(9) == 0) {
                    token = predictor.literal();
                } else if (DeflateBlock.bytes(token) > 4 && random.nextInt(9) == 0) {
                    token = DeflateBlock.match(3 + random.nextInt(DeflateBlock.bytes(token) - 3),
                            DeflateBlock.distance(token));
                }
                block.add(token);
                predictor.take(token);
            }
            block.last = predictor.ahead() == 0 && random.nextInt(4) > 0;
            if (block.type == DeflateBlock.Type.DYNAMIC) {
                CodeLengths usual = codes.predict(block);
                block.lengths.copy(usual);
                if (random.nextInt(3) == 0) {
                    plainRuns(block.lengths, usual);
                }
            }
            writer.write(block);
        } while (!block.last);
        writer.end(0);
        return out.toByteArray();
    }

    /** The same code lengths without any run, in a code of equal words. */
    private static void plainRuns(CodeLengths to, CodeLengths from) {
        to.begin(from.literals, from.distances, DeflateTables.RUN_CODES);
        for (int symbol = 0; symbol < 16; symbol++) {
            to.runLength[symbol] = 4;
        }
        for (int i = 0; i < from.literals + from.distances; i++) {
            to.add(from.length[i], 0);
        }
    }
}
