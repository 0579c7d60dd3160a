import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.numcodecs.Codec;
import org.numcodecs.Layout;
import org.numcodecs.NumcodecsException;

/** RoundTrip VECTOR DATA: a vector of numcodecs, a chunk of both real stores, and an error. */
public final class RoundTrip {
    private static final int ERR_NULL = 1;
    private static final int ERR_DATA = 4;

    public static void main(String[] args) throws IOException {
        vector(Path.of(args[0]));
        chunks(Path.of(args[1]));
        corruptChunk();
        badConfiguration();
        closed();
        System.out.println("java: ok, library " + Codec.libraryVersion());
    }

    private static void vector(Path folder) throws IOException {
        String[] words = Files.readString(folder.resolve("layout.txt")).trim().split(" ");
        long[] shape = Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
        byte[] encoded = Files.readAllBytes(folder.resolve("encoded.bin"));
        try (Codec codec = Codec.fromConfig(Files.readString(folder.resolve("config.json"))); Layout layout = new Layout(words[0], shape)) {
            check(Arrays.equals(encoded, codec.encode(Files.readAllBytes(folder.resolve("input.bin")), layout)), "encoded");
            check(Arrays.equals(codec.decode(encoded, null, null), Files.readAllBytes(folder.resolve("decoded.bin"))), "decoded");
        }
    }

    private static void chunks(Path data) throws IOException {
        try (Layout want = new Layout("<f4", 5, 40, 70)) {
            byte[] sst = chunk(data.resolve("sst_blosc.zarr"), want);
            check(Arrays.equals(sst, chunk(data.resolve("sst_zlib.zarr"), want)), "the stores differ");
            check(Arrays.equals(sst, chunk(data.resolve("sst_blosc.zarr"), null)), "this store holds little-endian numbers in C order");
            check(highest(sst) > 25 && highest(sst) < 40, "highest temperature");
        }
    }

    private static byte[] chunk(Path store, Layout want) throws IOException {
        try (Codec codec = Codec.fromZarr(Files.readString(store.resolve(".zarray")))) {
            byte[] values = codec.decode(Files.readAllBytes(store.resolve("0.0.0")), null, want);
            check(Arrays.equals(values, codec.decode(codec.encode(values, want), null, want)), "encoded again");
            return values;
        }
    }

    private static float highest(byte[] values) {
        FloatBuffer floats = ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        float highest = floats.get(0);
        while (floats.hasRemaining()) {
            highest = Math.max(highest, floats.get());
        }
        return highest;
    }

    private static void corruptChunk() {
        try (Codec zlib = Codec.fromConfig("{\"id\": \"zlib\"}")) {
            zlib.decode("not zlib at all".getBytes(), null, null);
        } catch (NumcodecsException e) {
            check(e.code == ERR_DATA && e.codec.equals("zlib") && !e.getMessage().isEmpty(), "fields of the error");
            return;
        }
        throw new AssertionError("no error");
    }

    private static void badConfiguration() {
        try {
            Codec.fromConfig("{\"id\": \"zlib\", \"level\": \"high\"}");
            throw new AssertionError("no error");
        } catch (NumcodecsException e) {
            check(e.path.equals("level"), "path of the error");
        }
    }

    private static void closed() {
        Codec zlib = Codec.fromConfig("{\"id\": \"zlib\"}");
        zlib.close();
        zlib.close();
        try {
            zlib.encode(new byte[3], null);
            throw new AssertionError("no error");
        } catch (NumcodecsException e) {
            check(e.code == ERR_NULL && zlib.config() == null, "a closed codec");
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
