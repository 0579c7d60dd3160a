// What the header adds to the C functions: ownership, views, exceptions, batches, codecs of the caller.
#include "check.h"

#include <numcodecs.hpp>

#include <array>
#include <limits>
#include <numeric>
#include <type_traits>
#if defined(__cpp_lib_span)
#include <span>
#endif

namespace nc = numcodecs;

namespace {

static_assert(std::is_nothrow_move_constructible_v<nc::codec> && !std::is_copy_constructible_v<nc::codec>);
static_assert(std::is_nothrow_move_assignable_v<nc::layout> && !std::is_copy_assignable_v<nc::layout>);
static_assert(std::is_nothrow_move_constructible_v<nc::buffer> && !std::is_copy_constructible_v<nc::buffer>);
static_assert(std::is_nothrow_move_constructible_v<nc::zarr> && std::is_copy_constructible_v<nc::codec_ref>);
static_assert(std::is_nothrow_copy_constructible_v<nc::error>);
// Numbers do not turn into bytes unseen, nor constants into something to write to.
static_assert(std::is_convertible_v<std::string, nc::bytes> && !std::is_convertible_v<std::vector<float>, nc::bytes>);
static_assert(!std::is_convertible_v<const std::string &, nc::writable_bytes> && !std::is_convertible_v<nc::bytes, nc::writable_bytes>);
static_assert(!std::is_convertible_v<nc::view<const int>, nc::view<int>> && std::is_convertible_v<nc::view<int>, nc::view<const int>>);

// The error that body throws.
template <class F> nc_error error_of(F body)
{
    try {
        body();
    } catch (const nc::error &e) {
        return e.record();
    }
    check_that(0, "an exception", __FILE__, __LINE__);
    return nc_error{};
}

void handles()
{
    nc::codec a(R"({"id": "zstd", "level": 3})"), b(R"({"id": "zlib"})");
    nc::codec moved(std::move(a));
    CHECK(!a && moved && moved.config() == R"({"id":"zstd","level":3,"checksum":false})");
    b = std::move(moved);
    CHECK(!moved && b.config().find("zstd") != std::string_view::npos);
    b = nc::codec(R"({"id": "zstd", "checksum": false, "level": 3})");
    CHECK(b == nc::codec(R"({"id": "zstd", "level": 3})") && b != nc::codec(R"({"id": "bz2"})"));
    CHECK(nc::codec(R"({"id": "blosc"})").partial() && nc::codec(R"({"id": "bitround", "keepbits": 3})").lossy() && !b.lossy());
    nc::codec taken(b.release());
    CHECK(!b && taken);
}

void layouts()
{
    CHECK(nc::layout::of<float>({2, 3}).dtype() == nc::layout("<f4", {2, 3}).dtype());
    CHECK(nc::dtype_of<long long>() == "i8" && nc::dtype_of<unsigned char>() == "u1" && nc::dtype_of<bool>() == "?");
    CHECK(nc::dtype_of<std::complex<double>>() == "c16" && nc::dtype_of<signed char>() == "i1");
    const nc::layout f(">i2", {4, 5}, NUMCODECS_ORDER_F);
    CHECK(f.nbytes() == 40 && f.items() == 20 && f.itemsize() == 2 && f.ndim() == 2 && f.order() == NUMCODECS_ORDER_F);
    CHECK((f.shape() == nc::extents{4, 5}) && f.kind() == NUMCODECS_FIXED);
    CHECK(nc::layout("f8", nc::extents{}).items() == 1);
    CHECK(error_of([] { nc::layout("f9", {2}); }).code == NUMCODECS_ERR_DTYPE);
    try {
        nc::layout::strided("f4", {2, 2}, {4});
        check_that(0, "an exception", __FILE__, __LINE__);
    } catch (const std::invalid_argument &) {
    }
}

void errors()
{
    try {
        nc::codec(R"([{"id": "shuffle"}, {"id": "zlib", "level": 99}])");
        check_that(0, "an exception", __FILE__, __LINE__);
    } catch (const nc::error &e) {
        const nc::error copy = e;
        CHECK(copy.status() == NUMCODECS_ERR_CONFIG && copy.codec() == "zlib" && copy.path() == "[1].level");
        CHECK(!copy.offset() && !copy.index() && std::string_view(copy.what()).find("level") != std::string_view::npos);
    }
    const nc::codec lz4(R"({"id": "lz4"})");
    std::string chunk(lz4.encode(std::string(100, 'a')).text());
    chunk.resize(chunk.size() - 3);
    CHECK(error_of([&] { lz4.decode(chunk); }).code == NUMCODECS_ERR_DATA);
    nc::options few;
    few.max_output = 99;
    CHECK(error_of([&] { lz4.decode(lz4.encode(std::string(100, 'a')), few); }).code == NUMCODECS_ERR_LIMIT);
    nc::options strict;
    strict.strict = true;
    const nc::codec base64(R"({"id": "base64"})");
    CHECK(base64.decode(std::string("YQ=!=")).text() == "a");
    CHECK(error_of([&] { base64.decode(std::string("YQ=!="), strict); }).code == NUMCODECS_ERR_DATA);

    std::array<char, 4> small;
    std::size_t written = 7;
    CHECK_STATUS(lz4.try_decode_into(lz4.encode(std::string(100, 'a')), {}, {}, small, written, err), NUMCODECS_ERR_SPACE);
    CHECK(written == 0 && err.needed == 100);
}

void numbers()
{
    const nc::codec blosc(R"({"id": "blosc", "shuffle": 1})");
    std::vector<double> values(1000), back(1000);
    std::iota(values.begin(), values.end(), 0.5);
    const nc::buffer chunk = blosc.encode(values);
    std::size_t typesize = 0;
    std::int32_t shuffle = 0, stored = 0;
    CHECK_OK(nc_blosc_cbuffer_metainfo(chunk.data(), chunk.size(), &typesize, &shuffle, &stored, &err));
    CHECK(typesize == 8 && shuffle == 1); // the type of the values went along
    blosc.decode_into(chunk, back);
    CHECK(back == values);
    std::vector<double> short_by_one(999);
    CHECK(error_of([&] { blosc.decode_into(chunk, short_by_one); }).code == NUMCODECS_ERR_SHAPE);
    CHECK(blosc.decode_info(chunk)->nbytes == 8000 && !nc::codec(R"({"id": "bz2"})").decode_info(chunk));

    const nc::buffer bytes = blosc.decode(chunk);
    CHECK(bytes.as<double>()[999] == 999.5 && bytes.as<double>().size() == 1000);
    const nc::codec delta(R"({"id": "delta", "dtype": "<i4"})");
    nc::buffer differences = delta.encode(std::array<std::int32_t, 4>{{1, 3, 6, 10}});
    CHECK(differences.as<std::int32_t>()[3] == 4 && differences.layout().dtype() == "<i4");
    CHECK(delta.encode_info(nc::layout("<i4", {4}), 16)->array.itemsize() == 4);
    try {
        differences.as<double>();
        check_that(0, "an exception", __FILE__, __LINE__);
    } catch (const std::invalid_argument &) {
    }
    const int whole[] = {1, 2, 3, 4};
    const nc::view<const int> view(whole);
    CHECK(view.subview(1, 2)[1] == 3 && view.size_bytes() == sizeof whole);
    CHECK(delta.encode(view).as<std::int32_t>()[1] == 1);
}

void strides()
{
    const nc::codec zlib(R"({"id": "zlib"})");
    std::array<std::array<float, 8>, 6> grid{}; // a box of 3 by 4 in the middle of it
    const nc::layout box = nc::layout::strided("f4", {3, 4}, {sizeof grid[0], sizeof(float)});
    const std::vector<float> values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    const nc::layout chunk = nc::layout::of<float>({3, 4});
    const nc::buffer encoded = zlib.encode(values);
    const nc::writable_bytes room(&grid[2][3], sizeof(float) * (2 * 8 + 4));
    zlib.decode_into(encoded, chunk, box, room);
    CHECK(grid[2][3] == 1 && grid[2][6] == 4 && grid[2][7] == 0 && grid[3][3] == 5 && grid[4][6] == 12);
    CHECK(zlib.encode(box, {room.data(), room.size()}).text() == encoded.text());

    std::vector<float> corner(2);
    zlib.decode_box(encoded, chunk, {1, 2}, nc::layout::of<float>({2, 1}), nc::as_writable_bytes(corner));
    CHECK(corner[0] == 7 && corner[1] == 11);
    const nc::buffer turned = zlib.decode(encoded, chunk, nc::layout(">f4", {3, 4}, NUMCODECS_ORDER_F));
    CHECK(turned.layout().dtype() == ">f4" && turned.text().substr(4, 4) == std::string_view("\x40\xa0\x00\x00", 4));
}

void texts()
{
    const nc::codec utf8(R"({"id": "vlen-utf8"})");
    const std::vector<std::string> words = {"Meer", "", "\xc3\xb8st"};
    const nc::buffer decoded = utf8.decode(utf8.encode_items(nc::layout::variable(NUMCODECS_UTF8, {3}), words));
    CHECK(decoded.items() == 3 && decoded.item(0) == "Meer" && decoded.item(1).empty() && decoded.item(2) == words[2]);
    try {
        decoded.item(3);
        check_that(0, "an exception", __FILE__, __LINE__);
    } catch (const std::out_of_range &) {
    }
    const nc::codec arrays(R"({"id": "vlen-array", "dtype": "<i2"})");
    const std::vector<std::vector<std::int16_t>> rows = {{1, 2, 3}, {}};
    const nc::buffer back = arrays.decode(arrays.encode_items(nc::layout::variable(NUMCODECS_ARRAYS, {2}, "<i2"), rows));
    CHECK(back.items() == 2 && back.item(0).size() == 6 && back.item(1).empty());
}

void progress()
{
    const nc::codec zlib(R"({"id": "zlib", "level": 1})");
    const std::vector<int> values(1 << 20);
    std::uint64_t last = 0, all = 0;
    nc::options opt;
    opt.progress = [&](std::uint64_t done, std::uint64_t total) {
        last = done;
        all = total;
        return true;
    };
    const nc::buffer chunk = zlib.encode(values, opt);
    CHECK(last == all && last == values.size() * sizeof(int));
    opt.progress = [](std::uint64_t, std::uint64_t) { return false; };
    CHECK(error_of([&] { zlib.decode(chunk, opt); }).code == NUMCODECS_ERR_CANCELLED);
    opt.progress = [](std::uint64_t, std::uint64_t) -> bool { throw std::logic_error("through C and out again"); };
    try {
        zlib.decode(chunk, opt);
        check_that(0, "an exception", __FILE__, __LINE__);
    } catch (const std::logic_error &e) {
        CHECK(std::string_view(e.what()) == "through C and out again");
    }
}

const char *const metadata = R"({"zarr_format": 2, "shape": [5, 7], "chunks": [2, 4], "dtype": ">i2", "fill_value": -3, "order": "C",
                                 "filters": [{"id": "delta", "dtype": ">i2"}], "compressor": {"id": "zstd"}, "mine": 1})";

void zarr_metadata()
{
    const nc::zarr array(metadata);
    CHECK((array.shape() == nc::extents{5, 7}) && array.ndim() == 2 && array.format() == 2 && array.has_fill());
    CHECK(array.chunk().dtype() == ">i2" && (array.chunk().shape() == nc::extents{2, 4}));
    CHECK(array.chunk_key({1, 0}) == "1.0" && error_of([&] { array.chunk_key({3, 0}); }).code == NUMCODECS_ERR_SHAPE);
    CHECK(array.ignored() == std::vector<std::string>{"mine"});
    CHECK(array.fill_item().size() == 2 && array.fill_item()[1] == std::byte{0xfd});
    std::vector<short> filled(3);
    array.fill(filled);
    CHECK(filled == std::vector<short>(3, -3));
    CHECK(std::string_view(error_of([] { nc::zarr(R"({"zarr_format": 2})"); }).path) != "");
}

// A whole array through batches: encoded from its place, decoded to its place, one chunk absent and one broken.
void batches()
{
    const nc::zarr array(metadata);
    std::vector<short> values(5 * 7), back(5 * 7, 99);
    std::iota(values.begin(), values.end(), short{100});
    const nc::layout each = nc::layout::strided("i2", {2, 4}, {14, 2});
    nc::options two;
    two.threads = 2;
    std::vector<std::array<char, 256>> stored(6);
    nc::batch write, read;
    auto for_chunks = [&](auto add) {
        for (std::size_t i = 0; i < 6; i++) {
            const std::size_t row = i / 2 * 2, column = i % 2 * 4, at = row * 7 + column;
            add(i, at, nc::extents{row == 4 ? 1 : 2, column == 4 ? 3 : 4});
        }
    };
    for_chunks([&](std::size_t i, std::size_t at, const nc::extents &counts) {
        write.add(nc::as_bytes(nc::view<const short>(values).subview(at, 35 - at)), stored[i], counts);
    });
    write.fill_from(array);
    write.encode(array.codec(), each, two);
    for_chunks([&](std::size_t i, std::size_t at, const nc::extents &counts) {
        const nc::writable_bytes dst = nc::as_writable_bytes(nc::view<short>(back).subview(at, 35 - at));
        if (i == 1)
            read.add_missing(dst, counts);
        else
            read.add(nc::bytes(stored[i].data(), write.written(i) - (i == 4 ? 6 : 0)), dst, counts);
    });
    read.fill_from(array);
    const nc_error first = error_of([&] { read.decode(array.codec(), each, two); });
    CHECK(first.index == 4 && std::string_view(first.codec) == "zstd" && read.size() == 6);
    for (std::size_t i = 0; i < 6; i++)
        CHECK((read.status(i) == NUMCODECS_OK) == (i != 4));
    CHECK(read.error_of(4).message[0] != '\0');
    CHECK(back[0] == 100 && back[3] == 103 && back[4] == -3 && back[6] == -3 && back[7] == 107 && back[11] == -3 && back[34] == 134);

    nc::batch plain; // an empty input is not an absent one
    std::array<char, 8> room;
    plain.add(nc::bytes(), room);
    CHECK(plain.try_decode(nc::codec(R"({"id": "zlib"})"), {}, err) != NUMCODECS_OK);
}

// One shard of four inner chunks, the second of them absent: written whole, its inner chunks read through the index.
void shards()
{
    const nc::zarr array(R"({"zarr_format": 3, "node_type": "array", "shape": [8], "data_type": "int16", "fill_value": 7,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [8]}}, "chunk_key_encoding": {"name": "default"},
        "codecs": [{"name": "sharding_indexed", "configuration": {"chunk_shape": [2],
            "codecs": [{"name": "bytes", "configuration": {"endian": "big"}}],
            "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}]}}]})");
    const std::vector<short> values = {0, 1, 7, 7, 4, 5, 6, 8};
    const nc::buffer stored = array.codec().encode(values);
    const nc::zarr_ref inner = array.inner();
    CHECK(inner && !inner.inner() && (inner.chunk().shape() == nc::extents{2}) && (inner.shape() == nc::extents{8}));
    const nc::byte_range range = array.index_range();
    CHECK(range.offset < 0 && range.nbytes == 4 * 16 + 4);
    const nc::bytes index(stored.data() + stored.size() - range.nbytes, range.nbytes);
    const nc::shard shard(array, index, stored.size());
    CHECK(!shard.entry({1}) && shard.entry({3})->nbytes == 4);
    std::vector<short> last(2), all(8);
    inner.codec().decode_into({stored.data() + shard.entry({3})->offset, 4}, last);
    CHECK(last[0] == 6 && last[1] == 8);

    nc::batch batch;
    for (std::int64_t i = 0; i < 4; i++) {
        const auto dst = nc::as_writable_bytes(nc::view<short>(all).subview(static_cast<std::size_t>(2 * i), 2));
        if (const auto entry = shard.entry({i}))
            batch.add({stored.data() + entry->offset, entry->nbytes}, dst);
        else
            batch.add_missing(dst);
    }
    batch.fill_from(inner);
    std::uint64_t touched = 0;
    nc::options opt;
    opt.touched = &touched;
    batch.decode(inner.codec(), nc::layout::of<short>({2}), opt);
    CHECK(all == values && touched == 12);

    std::string broken(stored.text().substr(stored.size() - range.nbytes));
    broken[0] = 1;
    CHECK(error_of([&] { nc::shard(array, broken); }).code == NUMCODECS_ERR_CHECKSUM);
    CHECK(error_of([&] { shard.entry({4}); }).code == NUMCODECS_ERR_SHAPE);
    CHECK(error_of([&] { nc::zarr(metadata).index_range(); }).code == NUMCODECS_ERR_UNSUPPORTED);
}

// The metadata of a new array, as both formats write it.
void new_arrays()
{
    const std::vector<double> fill = {-1.5};
    const nc::zarr array = nc::zarr::create(R"([{"id": "shuffle", "elementsize": 8}, {"id": "zstd", "level": 3}])",
                                            nc::layout("<f8", {2, 4}), {5, 7}, nc::as_bytes(fill));
    const nc::zarr v3(array.metadata(3, R"({"units": "degC"})")), v2(v3.metadata(2));
    CHECK(v3.format() == 3 && v2.format() == 2 && (v2.shape() == nc::extents{5, 7}) && v2.codec() == array.codec());
    CHECK(v3.attributes() == R"({"units":"degC"})" && v2.attributes().empty());
    std::vector<double> filled(1);
    v2.fill(filled);
    CHECK(filled == fill);
    CHECK(!nc::zarr::create("[]", nc::layout("<f8", {2}), {5}, {}, 2).has_fill());
    CHECK(error_of([] { nc::zarr::create(R"({"id": "zstd"})", nc::layout("<f8", {2}), {5}, {}, 4); }).code != NUMCODECS_OK);
}

// A codec of the caller: adds a key to every byte.
class adder {
public:
    static inline int alive = 0;
    explicit adder(std::string_view json)
    {
        if (json.find("\"key\"") == std::string_view::npos)
            throw std::invalid_argument("the adder wants a key");
        alive++;
    }
    adder(const adder &) = delete;
    adder &operator=(const adder &) = delete;
    ~adder() { alive--; }
    void encode(nc::layout_ref layout, nc::bytes src, nc::sink &out) const { shift(src, 1 + (layout.itemsize() > 1), out); }
    void decode(nc::bytes src, nc::sink &out) const
    {
        if (!src.empty() && src[0] == std::byte{'!'})
            nc::codec(R"({"id": "zlib"})").decode(src); // its error becomes that of the call
        shift(src, -1, out);
    }

private:
    static void shift(nc::bytes src, int by, nc::sink &out)
    {
        std::string moved;
        for (const std::byte b : src)
            moved.push_back(static_cast<char>(std::to_integer<int>(b) + by));
        out.append(moved);
    }
};

void registries()
{
    {
        nc::registry codecs({"zlib"});
        codecs.add<adder>("adder");
        const nc::codec codec(R"({"id": "adder", "key": 1})", codecs);
        CHECK(codec.encode(std::string("HAL")).text() == "IBM" && codec.decode(std::string("IBM")).text() == "HAL");
        CHECK(codec.encode(std::vector<short>{0}).as<short>()[0] == 0x0202);
        const nc_error failed = error_of([&] { codec.decode(std::string("!")); });
        CHECK(failed.code == NUMCODECS_ERR_DATA && failed.message[0] != '\0');
        const nc_error refused = error_of([&] { nc::codec(R"({"id": "adder"})", codecs); });
        CHECK(refused.code == NUMCODECS_ERR_CALLBACK && std::string_view(refused.message).find("wants a key") != std::string_view::npos);
        CHECK(error_of([&] { nc::codec(R"({"id": "zstd"})", codecs); }).code == NUMCODECS_ERR_UNKNOWN_CODEC);
        CHECK(adder::alive == 1);
    }
    CHECK(adder::alive == 0);
    CHECK(error_of([] { nc::codec(R"({"id": "zlib"})", nc::registry(std::vector<std::string>{})); }).code == NUMCODECS_ERR_UNKNOWN_CODEC);
}

void spans()
{
#if defined(__cpp_lib_span)
    std::array<float, 3> values{1, 2, 3};
    const nc::codec crc(R"({"id": "crc32"})");
    const nc::buffer chunk = crc.encode(std::span<float>(values));
    const std::span<const std::byte> stored(chunk);
    CHECK(crc.decode(stored).as<float>()[2] == 3);
    const nc::buffer decoded = crc.decode(chunk);
    const std::span<const float> seen = decoded.as<float>();
    CHECK(seen.size() == 3 && seen.back() == 3);
#endif
}

} // namespace

int main()
{
    CHECK(nc::library_version() == NUMCODECS_VERSION && nc::codec_ids().size() >= 28);
    handles();
    layouts();
    errors();
    numbers();
    strides();
    texts();
    progress();
    zarr_metadata();
    batches();
    shards();
    new_arrays();
    registries();
    spans();
    return report("api");
}
