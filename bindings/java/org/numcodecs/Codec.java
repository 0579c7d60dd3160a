package org.numcodecs;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.util.function.Consumer;

/** A codec or a pipeline of codecs. Threads may share one until it is closed; a closed one refuses to work. */
public final class Codec implements AutoCloseable {
    private Pointer handle;
    private Pointer owner;
    private final Consumer<Pointer> free;

    private Codec(Pointer handle, Pointer owner, Consumer<Pointer> free) {
        this.handle = handle;
        this.owner = owner;
        this.free = free;
    }

    /** From a configuration, such as {@code {"id": "zstd", "level": 5}}, or a list of them. */
    public static Codec fromConfig(String json) {
        PointerByReference out = new PointerByReference();
        NumcodecsException.check(err -> Library.LIB.nc_codec_from_config(json, null, out, err));
        return new Codec(out.getValue(), out.getValue(), Library.LIB::nc_codec_free);
    }

    /** That of the chunks of a Zarr array, from the text of its .zarray or zarr.json. */
    public static Codec fromZarr(String json) {
        PointerByReference out = new PointerByReference();
        NumcodecsException.check(err -> Library.LIB.nc_zarr_open(json, null, out, err));
        return new Codec(Library.LIB.nc_zarr_codec(out.getValue()), out.getValue(), Library.LIB::nc_zarr_free);
    }

    /** The full configuration, every default spelled out. */
    public String config() {
        return Library.LIB.nc_codec_config(handle);
    }

    /** Encodes a chunk. {@code layout} tells dtype and shape where the codec must know them; null = plain bytes. */
    public byte[] encode(byte[] chunk, Layout layout) {
        PointerByReference out = new PointerByReference();
        Library.SizeT n = new Library.SizeT(chunk.length);
        NumcodecsException.check(err -> Library.LIB.nc_encode(handle, Layout.handleOf(layout), chunk, n, null, null, out, err));
        return take(out.getValue());
    }

    /** Decodes a chunk. {@code chunk}: its layout where only metadata tells it; {@code want}: that of the result; both may be null. */
    public byte[] decode(byte[] encoded, Layout chunk, Layout want) {
        PointerByReference out = new PointerByReference();
        Library.SizeT n = new Library.SizeT(encoded.length);
        Pointer of = Layout.handleOf(chunk);
        Pointer as = Layout.handleOf(want);
        NumcodecsException.check(err -> Library.LIB.nc_decode(handle, encoded, n, of, as, null, out, err));
        return take(out.getValue());
    }

    private static byte[] take(Pointer buffer) {
        try {
            int nbytes = Math.toIntExact(Library.LIB.nc_buffer_nbytes(buffer).longValue());
            return nbytes == 0 ? new byte[0] : Library.LIB.nc_buffer_data(buffer).getByteArray(0, nbytes);
        } finally {
            Library.LIB.nc_buffer_free(buffer);
        }
    }

    @Override
    public void close() {
        free.accept(owner);
        handle = owner = null;
    }

    public static String libraryVersion() {
        return Library.LIB.nc_codec_library_version();
    }
}
