package org.bbans.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.bbans.cli.io.ModelCatalogue;
import org.bbans.codec.archive.ArchiveInfo;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.archive.RecordReader;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.chain.ChainCost;
import org.bbans.model.chain.ChainHeader;
import org.bbans.model.chain.RecordChain;

/**
 * What a block coded by a model spends on anything but its records.
 *
 * @param heads lane heads
 * @param headBits bits that these cost, exactly
 * @param records records in the block
 * @param plain records that do without bits back
 * @param fronts whether pixels are coded front by front
 * @param steps steps of time; 0 without
 * @param learning whether the model learnt while it coded
 * @param turned whether records are coded turned
 * @param initialBits bits that these cost, as records of the first such block let expect; absent without the model
 */
record ChainOverhead(int heads, double headBits, int records, int plain, boolean fronts, int steps,
        boolean learning, boolean turned, OptionalDouble initialBits) {

    /**
     * The overheads by block; blocks of which the beginning is damaged are left out.
     *
     * @param reader of the file
     * @param info one of the archives in it
     */
    static Map<BlockInfo, ChainOverhead> of(RecordReader reader, ArchiveInfo info, ModelCatalogue models)
            throws IOException {
        Map<BlockInfo, ChainOverhead> all = new HashMap<>();
        boolean set = info.header().layout().unordered();
        boolean asked = false;
        ChainCost cost = null;
        for (BlockInfo block : info.blocks()) {
            if (block.codec() != BlockKind.MODEL) {
                continue;
            }
            int records = (int) (block.rawSize() / info.header().layout().recordBytes());
            try {
                byte[] payload = reader.modelPayload(block);
                ChainHeader header = ChainHeader.read(payload, set);
                boolean plain = header.plain() >= records;
                if (!plain && !asked) {
                    cost = models.find(reader.model(info)) instanceof RecordChain chain
                            && Arrays.equals(chain.sha256(), reader.model(info).sha256())
                            && isModest(chain, info, records) ? chain.cost(payload, records, set) : null;
                    asked = true;
                }
                all.put(block, new ChainOverhead(header.heads(), header.headBits(payload), records, header.plain(),
                        header.fronts(), header.steps(), header.learning(), header.turned(),
                        plain ? OptionalDouble.of(0) : cost == null ? OptionalDouble.empty()
                                : OptionalDouble.of(cost.initialBits(header, records))));
            } catch (CorruptArchiveException e) {
                // Others may be sound; decoding says what is wrong.
                all.remove(block);
            }
        }
        return all;
    }

    /** Whether decoding some records asks for no more than reading an archive may without being allowed to. */
    private static boolean isModest(RecordChain chain, ArchiveInfo info, int records) {
        return info.embeddedModelSize() == 0 || chain.memory(records) <= ReadOptions.DEFAULT_MEMORY
                && chain.multiplyAdds() * RecordChain.COST_RECORDS / info.fileSize() < ReadOptions.DEFAULT_WORK;
    }
}
