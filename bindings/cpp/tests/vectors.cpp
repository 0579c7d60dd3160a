// The shipped vectors: vectors LINES DATA, where tests/consumers/vectors_as_lines.py wrote LINES.
#include "check.h"

#include <numcodecs.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

namespace nc = numcodecs;

namespace {

struct array {
    std::string dtype, file;
    nc::extents shape;
    nc_order order;

    nc::layout layout() const { return nc::layout(dtype, shape, order); }
};

struct vector {
    std::string check, name, config;
    bool exact;
    array input;
    std::string encoded;
    array decoded;
};

std::string data_folder;

std::string read(const std::string &file)
{
    std::ifstream in(data_folder + "/" + file, std::ios::binary);
    need(in.good(), file.c_str());
    return {std::istreambuf_iterator<char>(in), {}};
}

nc::extents parse_shape(const std::string &text)
{
    std::istringstream in(text);
    std::size_t ndim = 0;
    in >> ndim;
    nc::extents shape(ndim);
    for (auto &extent : shape)
        in >> extent;
    return shape;
}

vector parse(const std::string &line)
{
    std::istringstream in(line);
    auto field = [&in] {
        std::string text;
        std::getline(in, text, '\t');
        return text;
    };
    auto array_fields = [&field] {
        array a;
        a.dtype = field();
        a.shape = parse_shape(field());
        a.order = field() == "F" ? NUMCODECS_ORDER_F : NUMCODECS_ORDER_C;
        a.file = field();
        return a;
    };
    vector v;
    v.check = field();
    v.name = field();
    v.config = field();
    v.exact = field() == "1";
    v.input = array_fields();
    v.encoded = field();
    v.decoded = array_fields();
    return v;
}

void roundtrip(const vector &v)
{
    const nc::codec codec(v.config);
    const std::string input = read(v.input.file), encoded = read(v.encoded), decoded = read(v.decoded.file);
    const nc::layout layout = v.input.layout(), want = v.decoded.layout();

    CHECK(codec.decode(encoded).text() == decoded);
    const nc::buffer got = codec.decode(encoded, want, want);
    CHECK(got.text() == decoded && got.layout().dtype() == want.dtype() && got.layout().shape() == want.shape());

    const nc::buffer again = codec.encode(layout, nc::as_bytes(input));
    CHECK(v.exact ? again.text() == encoded : codec.decode(again).text() == decoded);

    std::string room(again.size(), '\0');
    if (const auto info = codec.encode_info(layout, input.size())) {
        CHECK(again.size() <= info->nbytes);
        room.resize(info->nbytes);
        CHECK(codec.encode_into(layout, input, room) == again.size() && room.compare(0, again.size(), again.text()) == 0);
    }
    std::string into(decoded.size(), '?');
    CHECK(codec.decode_into(encoded, {}, {}, into) == decoded.size() && into == decoded);
}

void refuse(const vector &v)
{
    const std::string encoded = read(v.encoded);
    nc::options few;
    few.max_output = 1 << 20;
    try {
        nc::codec(v.config).decode(encoded, few);
        check_that(0, "an error", __FILE__, __LINE__);
    } catch (const nc::error &e) {
        CHECK(e.status() != NUMCODECS_OK && e.status() != NUMCODECS_ERR_PANIC && *e.what());
    }
}

void bad_config(const vector &v)
{
    try {
        nc::codec codec(v.config);
        check_that(0, "an error", __FILE__, __LINE__);
    } catch (const nc::error &e) {
        CHECK(e.status() != NUMCODECS_OK && e.status() != NUMCODECS_ERR_PANIC && *e.what());
    }
}

void run(const vector &v)
{
    const int before = checks_failed;
    try {
        if (v.check == "roundtrip")
            roundtrip(v);
        else if (v.check == "refuse")
            refuse(v);
        else
            bad_config(v);
    } catch (const std::exception &e) {
        check_that(0, "no exception", __FILE__, __LINE__);
        std::cout << e.what() << '\n';
    }
    if (checks_failed > before)
        std::cout << "    in " << v.name << '\n';
}

} // namespace

int main(int argc, char **argv)
{
    need(argc == 3, "usage: vectors LINES DATA");
    data_folder = argv[2];
    std::ifstream lines(argv[1]);
    int cases = 0;
    for (std::string line; std::getline(lines, line); cases++)
        run(parse(line));
    CHECK(cases > 400);
    std::cout << cases << " vectors; ";
    return report("vectors");
}
