// read_parallel: a whole Zarr array (v2 or v3) of floats decoded on all cores by one call, and what it holds along its first dimension.
//
//   read_parallel STORE
//
// Each chunk goes straight to its place in the array: `each` says how far apart the rows lie there, `counts` how much of a chunk is
// inside (those at the edges stick out), and chunks without a file become fill value.
#include <numcodecs.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <numeric>

namespace fs = std::filesystem;
namespace nc = numcodecs;

namespace {

std::string read_file(const fs::path &path)
{
    std::ifstream in(path, std::ios::binary);
    if (!in)
        throw std::runtime_error(path.string() + ": cannot read");
    return {std::istreambuf_iterator<char>(in), {}};
}

nc::zarr open_store(const fs::path &store)
{
    const fs::path v3 = store / "zarr.json";
    return nc::zarr(read_file(fs::exists(v3) ? v3 : store / ".zarray"));
}

std::size_t product(const nc::extents &shape)
{
    return static_cast<std::size_t>(std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>()));
}

// Bytes from one element to the next along each dimension.
nc::extents strides_of(const nc::extents &shape)
{
    nc::extents strides(shape.size(), sizeof(float));
    for (std::size_t d = shape.size(); d-- > 1;)
        strides[d - 1] = strides[d] * shape[d];
    return strides;
}

// The next place in a grid, last dimension fastest; false behind the last.
bool advance(nc::extents &place, const nc::extents &grid)
{
    for (std::size_t d = place.size(); d-- > 0;) {
        if (++place[d] < grid[d])
            return true;
        place[d] = 0;
    }
    return false;
}

std::vector<float> read_array(const fs::path &store, const nc::zarr &zarr)
{
    const nc::extents shape = zarr.shape(), chunk = zarr.chunk().shape(), strides = strides_of(shape);
    std::vector<float> array(product(shape));
    const nc::writable_bytes all = nc::as_writable_bytes(array);
    nc::extents grid(shape.size()), place(shape.size()), counts(shape.size());
    for (std::size_t d = 0; d < shape.size(); d++)
        grid[d] = (shape[d] + chunk[d] - 1) / chunk[d];

    nc::batch batch;
    std::vector<std::string> files(product(grid)); // the batch borrows them
    for (std::string &file : files) {
        std::int64_t offset = 0;
        for (std::size_t d = 0; d < shape.size(); d++) {
            const std::int64_t start = place[d] * chunk[d];
            counts[d] = std::min(chunk[d], shape[d] - start);
            offset += start * strides[d];
        }
        const auto at = static_cast<std::size_t>(offset);
        const nc::writable_bytes dst(all.data() + at, all.size() - at);
        const fs::path path = store / zarr.chunk_key(place);
        if (fs::exists(path))
            batch.add(file = read_file(path), dst, counts);
        else
            batch.add_missing(dst, counts);
        advance(place, grid);
    }
    nc::options options;
    options.threads = NUMCODECS_ALL_CORES;
    batch.fill_from(zarr);
    batch.decode(zarr.codec(), nc::layout::strided(nc::dtype_of<float>(), chunk, strides), options);
    return array;
}

void print_summary(nc::view<const float> values, float missing, std::size_t number)
{
    std::size_t valid = 0;
    float low = std::numeric_limits<float>::max(), high = std::numeric_limits<float>::lowest();
    double sum = 0;
    for (const float value : values) {
        if (value == missing || std::isnan(value))
            continue;
        low = std::min(low, value);
        high = std::max(high, value);
        sum += static_cast<double>(value);
        valid++;
    }
    std::printf("%5zu %6zu %10.6f %10.6f %10.6f\n", number, valid, valid ? low : 0.0, valid ? high : 0.0,
                valid ? sum / static_cast<double>(valid) : 0.0);
}

void run(const fs::path &store)
{
    const nc::zarr zarr = open_store(store);
    const std::vector<float> array = read_array(store, zarr);
    std::vector<float> missing(1);
    zarr.fill(missing);
    const auto months = static_cast<std::size_t>(zarr.shape().at(0));
    const std::size_t each = array.size() / months;
    std::printf("month  valid        min        max       mean\n");
    for (std::size_t month = 0; month < months; month++)
        print_summary(nc::view<const float>(array).subview(month * each, each), missing[0], month + 1);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        std::fputs("usage: read_parallel STORE\n", stderr);
        return 2;
    }
    try {
        run(argv[1]);
        return 0;
    } catch (const std::exception &e) {
        std::fprintf(stderr, "%s: %s\n", argv[1], e.what());
        return 1;
    }
}
