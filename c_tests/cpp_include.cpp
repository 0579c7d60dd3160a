// The header from C++11 and later: handles fit std::unique_ptr, statuses become exceptions, and both are checked here.
#include "check.h"
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace {

struct Free {
    void operator()(nc_codec *codec) const { nc_codec_free(codec); }
    void operator()(nc_layout *layout) const { nc_layout_free(layout); }
    void operator()(nc_buffer *buffer) const { nc_buffer_free(buffer); }
};
using Codec = std::unique_ptr<nc_codec, Free>;
using Layout = std::unique_ptr<nc_layout, Free>;
using Buffer = std::unique_ptr<nc_buffer, Free>;

struct Error : std::runtime_error {
    nc_status status;
    explicit Error(const nc_error &error) : std::runtime_error(error.message), status(error.code) {}
};

void check(nc_status status, const nc_error &error)
{
    if (status != NUMCODECS_OK)
        throw Error(error);
}

Codec codec_from(const std::string &config)
{
    nc_codec *codec = nullptr;
    nc_error error;
    check(nc_codec_from_config(config.c_str(), nullptr, &codec, &error), error);
    return Codec(codec);
}

Buffer encode(const nc_codec &codec, const nc_layout *layout, const std::vector<float> &values)
{
    nc_buffer *buffer = nullptr;
    nc_error error;
    check(nc_encode(&codec, layout, values.data(), values.size() * sizeof(float), nullptr, nullptr, &buffer, &error), error);
    return Buffer(buffer);
}

std::vector<float> decode(const nc_codec &codec, const nc_layout *layout, const nc_buffer &encoded)
{
    std::vector<float> values(static_cast<std::size_t>(nc_layout_query(layout, NUMCODECS_Q_ITEMS)));
    std::size_t written = 0;
    nc_error error;
    check(nc_decode_into(&codec, nc_buffer_data(&encoded), nc_buffer_nbytes(&encoded), layout, layout, values.data(),
                         values.size() * sizeof(float), nullptr, &written, &error),
          error);
    return values;
}

void round_trip()
{
    const std::int64_t shape[] = {2, 3};
    const std::vector<float> values = {1, 2, 3, 4, 5, 6};
    const Codec codec = codec_from("{\"id\": \"blosc\"}");
    const Layout layout(need_layout("f4", 2, shape, nullptr, NUMCODECS_ORDER_C));
    const Buffer encoded = encode(*codec, layout.get(), values);
    CHECK(decode(*codec, layout.get(), *encoded) == values);
}

void exceptions()
{
    try {
        codec_from("{\"id\": \"zlib\", \"level\": 99}");
        CHECK(false);
    } catch (const Error &error) {
        CHECK(error.status == NUMCODECS_ERR_CONFIG);
        CHECK(std::strstr(error.what(), "level") != nullptr);
    }
}

} // namespace

static_assert(std::is_same<nc_status, std::int32_t>::value, "a status is a plain number");
static_assert(std::is_standard_layout<nc_error>::value && std::is_trivial<nc_error>::value, "plain struct");
static_assert(std::is_standard_layout<nc_options>::value && std::is_trivial<nc_options>::value, "plain struct");

int main()
{
    round_trip();
    exceptions();
    return report("cpp_include");
}
