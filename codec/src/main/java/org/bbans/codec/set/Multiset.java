package org.bbans.codec.set;

import java.util.Arrays;

/**
 * Records of an array, some of them in the set, with their ranks: a binary search tree in which every node knows how
 * many records lie in its subtree. A subtree that has become lopsided is built anew (Galperin and Rivest's scapegoat
 * trees), so adding takes O(log n) on average whatever the records, and taking always.
 */
final class Multiset {

    /** A subtree may have this share of its parent's nodes, over 16; its depth is then below 2.5 log2 of them. */
    private static final int LOPSIDED = 12;
    /** More than the depth of 2^22 nodes. */
    private static final int MAX_DEPTH = 80;
    private static final int NONE = 0;

    private final byte[] bytes;
    private final int size;
    /** By node, from 1: node i holds record i - 1 and all that equal it. */
    private final int[] left;
    private final int[] right;
    /** Records in the subtree. */
    private final int[] weight;
    /** Nodes in the subtree. */
    private final int[] nodes;
    private final int[] path = new int[MAX_DEPTH];
    private final int[] flat;
    private int root;
    private int below;
    private int copies;

    /**
     * An empty set.
     *
     * @param bytes records, one after the other, which are compared but not copied
     * @param records most records that it will hold
     * @param size bytes of a record
     */
    Multiset(byte[] bytes, int records, int size) {
        this.bytes = bytes;
        this.size = size;
        left = new int[records + 1];
        right = new int[records + 1];
        weight = new int[records + 1];
        nodes = new int[records + 1];
        flat = new int[records];
    }

    /** The set of all records. */
    static Multiset full(byte[] bytes, int records, int size) {
        final Multiset set = new Multiset(bytes, records, size);
        final int[] order = RecordOrder.of(bytes, 0, records, size, 0);
        int distinct = 0;
        for (int record : order) {
            if (distinct > 0 && set.compare(record, set.flat[distinct - 1] - 1) == 0) {
                set.weight[set.flat[distinct - 1]]++;
            } else {
                set.flat[distinct++] = record + 1;
                set.weight[record + 1] = 1;
            }
        }
        set.root = set.build(0, distinct);
        return set;
    }

    /** Number of records in the set. */
    int size() {
        return weight[root];
    }

    /** How many records of the set were less than the one last added or taken. */
    int below() {
        return below;
    }

    /** How many records of the set, with itself, equalled the one last added or taken. */
    int copies() {
        return copies;
    }

    /** Adds a record. */
    void add(int record) {
        below = 0;
        int depth = 0;
        int node = root;
        int comparison = 0;
        while (node != NONE) {
            weight[node]++;
            path[depth++] = node;
            comparison = compare(record, node - 1);
            if (comparison == 0) {
                below += weight[left[node]];
                copies = own(node);
                return;
            }
            if (comparison > 0) {
                below += weight[node] - 1 - weight[right[node]];
            }
            node = comparison < 0 ? left[node] : right[node];
        }
        copies = 1;
        node = record + 1;
        left[node] = NONE;
        right[node] = NONE;
        weight[node] = 1;
        nodes[node] = 1;
        if (depth == 0) {
            root = node;
        } else if (comparison < 0) {
            left[path[depth - 1]] = node;
        } else {
            right[path[depth - 1]] = node;
        }
        balance(depth);
    }

    /** Takes the record of a rank, from 0, out of the set; returns its number, or that of one that equals it. */
    int take(int rank) {
        below = 0;
        int node = root;
        int inside = rank;
        while (true) {
            final int less = weight[left[node]];
            final int here = own(node);
            weight[node]--;
            if (inside < less) {
                node = left[node];
            } else if (inside < less + here) {
                below += less;
                copies = here;
                return node - 1;
            } else {
                inside -= less + here;
                below += less + here;
                node = right[node];
            }
        }
    }

    private int own(int node) {
        return weight[node] - weight[left[node]] - weight[right[node]];
    }

    private int compare(int a, int b) {
        return Arrays.compareUnsigned(bytes, a * size, a * size + size, bytes, b * size, b * size + size);
    }

    /** Counts the new node below the path, and builds the highest subtree anew that it has made lopsided. */
    private void balance(int depth) {
        int scapegoat = depth;
        for (int i = depth - 1; i >= 0; i--) {
            final int node = path[i];
            nodes[node]++;
            final int heavier = Math.max(nodes[left[node]], nodes[right[node]]);
            scapegoat = heavier * 16L > nodes[node] * (long) LOPSIDED + 16 ? i : scapegoat;
        }
        if (scapegoat == depth) {
            return;
        }
        final int old = path[scapegoat];
        final int built = rebuild(old);
        if (scapegoat == 0) {
            root = built;
        } else if (left[path[scapegoat - 1]] == old) {
            left[path[scapegoat - 1]] = built;
        } else {
            right[path[scapegoat - 1]] = built;
        }
    }

    private int rebuild(int node) {
        final int[] stack = new int[MAX_DEPTH];
        int depth = 0;
        int n = 0;
        for (int at = node; at != NONE || depth > 0;) {
            if (at != NONE) {
                stack[depth++] = at;
                at = left[at];
            } else {
                final int next = stack[--depth];
                at = right[next];
                flat[n++] = next;
            }
        }
        // Children are seen after their parent's own count would be lost: all counts first.
        final int[] counts = new int[n];
        for (int i = 0; i < n; i++) {
            counts[i] = own(flat[i]);
        }
        for (int i = 0; i < n; i++) {
            weight[flat[i]] = counts[i];
        }
        return build(0, n);
    }

    /** The balanced tree of nodes {@code flat[from .. to)}, whose weights are their own records; returns its root. */
    private int build(int from, int to) {
        if (from == to) {
            return NONE;
        }
        final int middle = from + to >>> 1;
        final int node = flat[middle];
        left[node] = build(from, middle);
        right[node] = build(middle + 1, to);
        weight[node] += weight[left[node]] + weight[right[node]];
        nodes[node] = 1 + nodes[left[node]] + nodes[right[node]];
        return node;
    }
}
