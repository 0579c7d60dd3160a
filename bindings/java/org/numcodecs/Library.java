package org.numcodecs;

import com.sun.jna.IntegerType;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The functions of numcodecs.h that this binding needs. jna.library.path tells where the library is, if the system does not. */
interface Library extends com.sun.jna.Library {
    Library LIB = Native.load("numcodecs", Library.class, Map.of(OPTION_STRING_ENCODING, "UTF-8"));

    int ORDER_C = 0;
    int ORDER_F = 1;
    int FIXED = 0;

    /** size_t of this machine. */
    class SizeT extends IntegerType {
        private static final long serialVersionUID = 1;

        public SizeT() {
            this(0);
        }

        public SizeT(long value) {
            super(Native.SIZE_T_SIZE, value, true);
        }
    }

    /** nc_error: 512 bytes, frozen. */
    @Structure.FieldOrder({"code", "stage", "index", "offset", "needed", "codec", "path", "message"})
    class ErrorRecord extends Structure {
        public int code;
        public int stage;
        public long index;
        public long offset;
        public long needed;
        public byte[] codec = new byte[32];
        public byte[] path = new byte[128];
        public byte[] message = new byte[320];

        static String text(byte[] field) {
            int end = 0;
            while (end < field.length && field[end] != 0) {
                end++;
            }
            return new String(field, 0, end, StandardCharsets.UTF_8);
        }
    }

    String nc_codec_library_version();

    int nc_codec_from_config(String json, Pointer registry, PointerByReference codec, ErrorRecord err);

    String nc_codec_config(Pointer codec);

    void nc_codec_free(Pointer codec);

    int nc_layout_new(String dtype, int kind, int ndim, long[] shape, long[] strides, int order, PointerByReference layout, ErrorRecord err);

    void nc_layout_free(Pointer layout);

    int nc_zarr_open(String json, Pointer registry, PointerByReference zarr, ErrorRecord err);

    Pointer nc_zarr_codec(Pointer zarr);

    void nc_zarr_free(Pointer zarr);

    int nc_encode(Pointer codec, Pointer layout, byte[] src, SizeT n, long[] offsets, Pointer opt, PointerByReference buffer, ErrorRecord err);

    int nc_decode(Pointer codec, byte[] src, SizeT n, Pointer chunk, Pointer want, Pointer opt, PointerByReference buffer, ErrorRecord err);

    Pointer nc_buffer_data(Pointer buffer);

    SizeT nc_buffer_nbytes(Pointer buffer);

    void nc_buffer_free(Pointer buffer);
}
