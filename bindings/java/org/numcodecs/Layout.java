package org.numcodecs;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;

/** Dtype, shape and order of an array: {@code new Layout("<f4", 5, 40, 70)}. Threads may share one until it is closed. */
public final class Layout implements AutoCloseable {
    private Pointer handle;

    /** Last dimension fastest. */
    public Layout(String dtype, long... shape) {
        this(dtype, false, shape);
    }

    public Layout(String dtype, boolean firstDimensionFastest, long... shape) {
        PointerByReference out = new PointerByReference();
        int order = firstDimensionFastest ? Library.ORDER_F : Library.ORDER_C;
        NumcodecsException.check(err -> Library.LIB.nc_layout_new(dtype, Library.FIXED, shape.length, shape, null, order, out, err));
        handle = out.getValue();
    }

    static Pointer handleOf(Layout layout) {
        if (layout != null && layout.handle == null) {
            throw new IllegalStateException("the layout is closed");
        }
        return layout == null ? null : layout.handle;
    }

    @Override
    public void close() {
        Library.LIB.nc_layout_free(handle);
        handle = null;
    }
}
