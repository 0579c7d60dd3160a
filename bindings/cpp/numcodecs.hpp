/* libnumcodecs for C++17 and later: handles that free themselves, views of memory, exceptions. MIT licence.
 *
 * A thin layer over numcodecs.h, which stays the reference: every function here makes one call of it, and get() of each class gives
 * its handle, for what is not wrapped. Link with libnumcodecs as from C.
 *
 *   numcodecs::codec blosc(R"({"id": "blosc", "cname": "zstd"})");
 *   numcodecs::buffer chunk = blosc.encode(values);           // values: a std::vector<float>, say
 *   blosc.decode_into(chunk, values);
 *
 * Handles are move-only and may be used by any number of threads at once. A class whose name ends in _ref is lent: it is copied
 * freely and must not outlive what it came from. Functions throw numcodecs::error, std::invalid_argument for lengths that disagree,
 * and std::bad_alloc where this header itself allocates; those named try_ return the status and fill an nc_error. */
#ifndef NUMCODECS_HPP
#define NUMCODECS_HPP

#include <complex>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
#if defined(__has_include) && __cplusplus >= 202002L
#if __has_include(<ranges>)
#include <ranges>
#endif
#endif

#include "numcodecs.h"

namespace numcodecs {

// ---- errors ----

// A call that failed. what() is for a person; the rest says where.
class error : public std::runtime_error {
public:
    explicit error(const nc_error &record)
        : std::runtime_error(record.message), record_(std::make_shared<const nc_error>(record)) {}

    // One of NUMCODECS_ERR_.
    nc_status status() const noexcept { return record_->code; }
    // Id of the codec that failed, or empty.
    std::string_view codec() const noexcept { return record_->codec; }
    // Key or JSON path in the configuration or metadata, or empty.
    std::string_view path() const noexcept { return record_->path; }
    // Byte in the encoded input, where it is known.
    std::optional<std::int64_t> offset() const noexcept { return known(record_->offset); }
    // Chunk of a batch.
    std::optional<std::int64_t> index() const noexcept { return known(record_->index); }
    // All that the library says.
    const nc_error &record() const noexcept { return *record_; }

private:
    static std::optional<std::int64_t> known(std::int64_t n) noexcept { return n < 0 ? std::nullopt : std::optional(n); }

    std::shared_ptr<const nc_error> record_; // exceptions are copied without failing
};

namespace detail {

inline void check(nc_status status, const nc_error &err)
{
    if (status != NUMCODECS_OK)
        throw error(err);
}

template <class C> using data_of = decltype(std::declval<C &>().data());
template <class C> using element_of = std::remove_pointer_t<data_of<C>>;

// Whether C is a contiguous container or view whose elements may be seen as T.
template <class C, class T, class = void> struct converts : std::false_type {};
template <class C, class T>
struct converts<C, T, std::void_t<data_of<C>, decltype(std::declval<C &>().size())>>
    : std::is_convertible<element_of<C> (*)[], T (*)[]> {};

} // namespace detail

// ---- views of memory ----

// A pointer and a number of elements, as std::span; from any container with data() and size(), and to std::span in C++20.
template <class T> class view {
public:
    constexpr view() noexcept = default;
    constexpr view(T *data, std::size_t size) noexcept : data_(data), size_(size) {}
    template <std::size_t N> constexpr view(T (&array)[N]) noexcept : data_(array), size_(N) {}
    template <class C, std::enable_if_t<detail::converts<C, T>::value, int> = 0>
    constexpr view(C &&container) : data_(container.data()), size_(container.size()) {}

    constexpr T *data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr std::size_t size_bytes() const noexcept { return size_ * sizeof(T); }
    constexpr bool empty() const noexcept { return size_ == 0; }
    constexpr T &operator[](std::size_t i) const { return data_[i]; }
    constexpr T *begin() const noexcept { return data_; }
    constexpr T *end() const noexcept { return data_ + size_; }
    // n elements from start on, which the caller knows to be there.
    constexpr view subview(std::size_t start, std::size_t n) const { return {data_ + start, n}; }

private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

namespace detail {

template <class T> using bare = std::remove_cv_t<T>;
template <class T>
constexpr bool is_byte = std::is_same_v<bare<T>, std::byte> || std::is_same_v<bare<T>, char> ||
                         std::is_same_v<bare<T>, unsigned char>;

// A view of bytes. Made of containers of bytes only, so that numbers do not lose their type unseen: as_bytes does that.
template <class Byte> class byte_view : public view<Byte> {
    template <class E>
    static constexpr bool takes = is_byte<E> && (std::is_const_v<Byte> || !std::is_const_v<E>);
    using pointer = std::conditional_t<std::is_const_v<Byte>, const void *, void *>;

public:
    constexpr byte_view() noexcept = default;
    byte_view(pointer data, std::size_t nbytes) noexcept : view<Byte>(static_cast<Byte *>(data), nbytes) {}
    template <class C, std::enable_if_t<takes<element_of<C>>, int> = 0>
    byte_view(C &&container) : byte_view(container.data(), container.size()) {}
};

} // namespace detail

using bytes = detail::byte_view<const std::byte>;
using writable_bytes = detail::byte_view<std::byte>;

// The bytes of a container or view of anything that is plain memory.
template <class C> bytes as_bytes(const C &values)
{
    static_assert(std::is_trivially_copyable_v<detail::element_of<const C>>, "elements that are plain memory");
    return {values.data(), values.size() * sizeof(detail::element_of<const C>)};
}
template <class C> writable_bytes as_writable_bytes(C &&values)
{
    static_assert(std::is_trivially_copyable_v<detail::element_of<C>>, "elements that are plain memory");
    return {values.data(), values.size() * sizeof(detail::element_of<C>)};
}

using extents = std::vector<std::int64_t>;

// ---- dtypes ----

namespace detail {

template <class T> struct is_complex : std::false_type {};
template <class T>
struct is_complex<std::complex<T>> : std::bool_constant<std::is_same_v<T, float> || std::is_same_v<T, double>> {};

template <class T>
constexpr bool is_number = (std::is_integral_v<T> && sizeof(T) <= 8) || std::is_same_v<T, float> || std::is_same_v<T, double> ||
                           is_complex<T>::value || std::is_same_v<T, std::byte>;

template <class C, class = void> struct holds_numbers : std::false_type {};
template <class C>
struct holds_numbers<C, std::void_t<element_of<C>>>
    : std::bool_constant<is_number<bare<element_of<C>>> && !is_byte<element_of<C>>> {};
template <class C> using if_numbers = std::enable_if_t<holds_numbers<C>::value, int>;

} // namespace detail

// NumPy's name for a number type of C++, in this machine's byte order.
template <class T> std::string dtype_of()
{
    static_assert(detail::is_number<T>, "bool, an integer, float, double, std::byte or a complex of float or double");
    if constexpr (std::is_same_v<T, bool>)
        return "?";
    else if constexpr (detail::is_complex<T>::value)
        return "c" + std::to_string(sizeof(T));
    else if constexpr (std::is_floating_point_v<T>)
        return "f" + std::to_string(sizeof(T));
    else
        return (std::is_signed_v<T> ? "i" : "u") + std::to_string(sizeof(T));
}

// ---- handles ----

namespace detail {

// The handle that Ref lends, owned. Empty after it was moved from; only assigning and destroying make sense then.
template <class Ref, auto Free> class owner : public Ref {
public:
    using handle = typename Ref::handle;
    owner() noexcept = default;
    // Takes a handle that a function of numcodecs.h gave.
    explicit owner(handle *given) noexcept : Ref(given) {}
    owner(owner &&other) noexcept : Ref(other.release()) {}
    owner &operator=(owner &&other) noexcept
    {
        owner old(this->release());
        Ref::operator=(Ref(other.release()));
        return *this;
    }
    ~owner() { Free(const_cast<handle *>(this->get())); }

    // Gives up the handle: free it with the function of numcodecs.h.
    handle *release() noexcept
    {
        handle *given = const_cast<handle *>(this->get());
        Ref::operator=(Ref());
        return given;
    }
};

template <class Handle> class reference {
public:
    using handle = Handle;
    reference() noexcept = default;
    reference(const Handle *lent) noexcept : handle_(lent) {}
    const Handle *get() const noexcept { return handle_; }
    explicit operator bool() const noexcept { return handle_ != nullptr; }

private:
    const Handle *handle_ = nullptr;
};

} // namespace detail

// ---- layouts: dtype, shape and order of an array ----

// A layout that something else owns. An empty one stands for "not known", which is plain bytes for most functions.
class layout_ref : public detail::reference<nc_layout> {
public:
    using reference::reference;

    std::string_view dtype() const { return nc_layout_dtype(get()); }
    std::size_t nbytes() const noexcept { return number(NUMCODECS_Q_NBYTES); }
    std::size_t items() const noexcept { return number(NUMCODECS_Q_ITEMS); }
    std::size_t itemsize() const noexcept { return number(NUMCODECS_Q_ITEMSIZE); }
    std::size_t ndim() const noexcept { return number(NUMCODECS_Q_NDIM); }
    nc_order order() const noexcept { return static_cast<nc_order>(number(NUMCODECS_Q_ORDER)); }
    nc_items kind() const noexcept { return static_cast<nc_items>(number(NUMCODECS_Q_KIND)); }
    extents shape() const
    {
        extents shape(ndim());
        nc_error err;
        detail::check(nc_layout_shape(get(), shape.data(), static_cast<std::int32_t>(shape.size()), &err), err);
        return shape;
    }

private:
    std::size_t number(nc_question what) const noexcept { return static_cast<std::size_t>(nc_layout_query(get(), what)); }
};

class layout : public detail::owner<layout_ref, nc_layout_free> {
public:
    using owner::owner;

    // dtype: NumPy's name, such as "<f8". The items follow each other without gaps.
    layout(const std::string &dtype, view<const std::int64_t> shape, nc_order order = NUMCODECS_ORDER_C)
        : owner(make(dtype.c_str(), NUMCODECS_FIXED, shape, nullptr, order)) {}
    layout(const std::string &dtype, const extents &shape, nc_order order = NUMCODECS_ORDER_C)
        : layout(dtype, view<const std::int64_t>(shape), order) {}

    // Items that lie apart. strides: bytes from one to the next along each dimension.
    static layout strided(const std::string &dtype, const extents &shape, const extents &strides)
    {
        if (strides.size() != shape.size())
            throw std::invalid_argument("numcodecs::layout: one stride for each dimension");
        return layout(make(dtype.c_str(), NUMCODECS_FIXED, shape, strides.data(), NUMCODECS_ORDER_STRIDED));
    }

    // An array of T without gaps.
    template <class T> static layout of(const extents &shape, nc_order order = NUMCODECS_ORDER_C)
    {
        return layout(dtype_of<T>(), shape, order);
    }

    // Items of any length. dtype: that inside the items, for NUMCODECS_ARRAYS only.
    static layout variable(nc_items kind, const extents &shape, const std::string &dtype = {})
    {
        return layout(make(dtype.empty() ? nullptr : dtype.c_str(), kind, shape, nullptr, NUMCODECS_ORDER_C));
    }

private:
    static nc_layout *make(const char *dtype, nc_items kind, view<const std::int64_t> shape, const std::int64_t *strides,
                           nc_order order)
    {
        const auto ndim = static_cast<std::int32_t>(shape.size());
        nc_layout *made = nullptr;
        nc_error err;
        detail::check(nc_layout_new(dtype, kind, ndim, shape.data(), strides, order, &made, &err), err);
        return made;
    }
};

// ---- options of one call ----

struct options {
    std::uint64_t max_output = 0; // bytes; 0 = no limit
    std::uint64_t max_memory = 0; // bytes; 0 = no limit
    std::int32_t threads = 1;     // NUMCODECS_ALL_CORES = as many as the process may use
    bool strict = false;          // NUMCODECS_STRICT
    // Told how many of how many bytes (in batches: chunks) are done; false stops the call. What it throws comes out of the call.
    std::function<bool(std::uint64_t done, std::uint64_t total)> progress;
    std::uint64_t *touched = nullptr; // set to the bytes of input that decode_box and batches read
};

namespace detail {

// The options as C has them. No exception crosses the library: it waits here until the call is over.
class call {
public:
    explicit call(const options &opt) : opt_(opt)
    {
        raw_.struct_size = sizeof raw_;
        raw_.max_output = opt.max_output;
        raw_.max_memory = opt.max_memory;
        raw_.nthreads = opt.threads;
        raw_.flags = opt.strict ? NUMCODECS_STRICT : 0;
        raw_.touched = opt.touched;
        if (opt.progress) {
            raw_.progress = tell;
            raw_.progress_user = this;
        }
    }
    call(const call &) = delete;
    call &operator=(const call &) = delete;

    const nc_options *get() const noexcept { return &raw_; }
    nc_status finish(nc_status status) const
    {
        if (thrown_)
            std::rethrow_exception(thrown_);
        return status;
    }

private:
    static std::int32_t tell(void *user, std::uint64_t done, std::uint64_t total) noexcept
    {
        call &self = *static_cast<call *>(user);
        try {
            return self.opt_.progress(done, total) ? 0 : 1;
        } catch (...) {
            self.thrown_ = std::current_exception();
            return 1;
        }
    }

    const options &opt_;
    nc_options raw_ = {};
    std::exception_ptr thrown_;
};

} // namespace detail

// ---- results ----

// A result in memory of the library.
class buffer {
public:
    buffer() noexcept = default;
    // Takes what a function of numcodecs.h gave.
    explicit buffer(nc_buffer *given) noexcept : handle_(given) {}

    std::byte *data() noexcept { return bytes_of(handle_.get()); }
    const std::byte *data() const noexcept { return bytes_of(handle_.get()); }
    std::size_t size() const noexcept { return nc_buffer_nbytes(handle_.get()); }
    const std::byte *begin() const noexcept { return data(); }
    const std::byte *end() const noexcept { return data() + size(); }
    std::string_view text() const noexcept { return {reinterpret_cast<const char *>(data()), size()}; }

    // Dtype, shape and order of the content; valid as long as the buffer.
    layout_ref layout() const noexcept { return nc_buffer_layout(handle_.get()); }

    // The content as elements of T, whose size must be that of the items; bytes may be seen as anything that divides them.
    template <class T> view<const T> as() const { return {reinterpret_cast<const T *>(data()), count_of<T>()}; }
    template <class T> view<T> as() { return {reinterpret_cast<T *>(data()), count_of<T>()}; }

    // Items of variable length: their number, and the bytes of each.
    std::size_t items() const noexcept { return layout().items(); }
    std::string_view item(std::size_t i) const
    {
        const std::int64_t *offsets = nc_buffer_offsets(handle_.get());
        if (!offsets || i >= items())
            throw std::out_of_range("numcodecs::buffer::item");
        return text().substr(static_cast<std::size_t>(offsets[i]), static_cast<std::size_t>(offsets[i + 1] - offsets[i]));
    }

    nc_buffer *get() const noexcept { return handle_.get(); }

private:
    struct free_buffer {
        void operator()(nc_buffer *given) const noexcept { nc_buffer_free(given); }
    };
    static std::byte *bytes_of(const nc_buffer *handle) noexcept { return static_cast<std::byte *>(nc_buffer_data(handle)); }
    template <class T> std::size_t count_of() const
    {
        static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= alignof(std::max_align_t), "elements that are plain memory");
        const std::size_t itemsize = layout().itemsize();
        if ((itemsize != sizeof(T) && itemsize != 1) || size() % sizeof(T) != 0)
            throw std::invalid_argument("numcodecs::buffer::as: items of another size");
        return size() / sizeof(T);
    }

    std::unique_ptr<nc_buffer, free_buffer> handle_;
};

// ---- codecs ----

// What encoding or decoding would give.
struct prospect {
    std::uint64_t nbytes;
    layout array; // empty: bytes
};

// A codec or pipeline that something else owns.
class codec_ref : public detail::reference<nc_codec> {
public:
    using reference::reference;

    // The configuration as JSON, every default spelled out.
    std::string_view config() const { return nc_codec_config(get()); }
    // Whether decode_box reads only what it needs; whether decoding may give other values than were encoded.
    bool partial() const noexcept { return nc_codec_query(get(), NUMCODECS_Q_PARTIAL) == 1; }
    bool lossy() const noexcept { return nc_codec_query(get(), NUMCODECS_Q_LOSSY) == 1; }
    friend bool operator==(codec_ref a, codec_ref b) noexcept { return nc_codec_equal(a.get(), b.get()) == 1; }
    friend bool operator!=(codec_ref a, codec_ref b) noexcept { return !(a == b); }

    // Encodes an array of the given layout; plain bytes; the numbers of a container as an array of one dimension.
    buffer encode(layout_ref layout, bytes src, const options &opt = {}) const
    {
        return made([&](nc_buffer **out, const nc_options *raw, nc_error *err) {
            return nc_encode(get(), layout.get(), src.data(), src.size(), nullptr, raw, out, err);
        }, opt);
    }
    buffer encode(bytes src, const options &opt = {}) const { return encode(layout_ref(), src, opt); }
    template <class C, detail::if_numbers<const C> = 0> buffer encode(const C &values, const options &opt = {}) const
    {
        return encode(vector_layout(values), as_bytes(values), opt);
    }
    // Items of variable length, each a string or a container of bytes or numbers. layout: their kind and shape.
    template <class C> buffer encode_items(layout_ref layout, const C &items, const options &opt = {}) const
    {
        std::vector<const void *> data;
        std::vector<std::int64_t> lengths;
        for (const auto &item : items) {
            data.push_back(item.data());
            lengths.push_back(static_cast<std::int64_t>(as_bytes(item).size()));
        }
        if (data.size() != layout.items())
            throw std::invalid_argument("numcodecs::codec::encode_items: another number of items than the layout has");
        return made([&](nc_buffer **out, const nc_options *raw, nc_error *err) {
            return nc_encode_items(get(), layout.get(), data.data(), lengths.data(), raw, out, err);
        }, opt);
    }

    // Encodes into memory of the caller; gives the bytes written. encode_info tells how much is always enough.
    std::size_t encode_into(layout_ref layout, bytes src, writable_bytes dst, const options &opt = {}) const
    {
        std::size_t written;
        nc_error err;
        detail::check(try_encode_into(layout, src, dst, written, err, opt), err);
        return written;
    }
    nc_status try_encode_into(layout_ref layout, bytes src, writable_bytes dst, std::size_t &written, nc_error &err,
                              const options &opt = {}) const
    {
        detail::call call(opt);
        return call.finish(nc_encode_into(get(), layout.get(), src.data(), src.size(), nullptr, dst.data(), dst.size(),
                                          call.get(), &written, &err));
    }
    // What encoding n bytes of that layout would give: nbytes are always enough. Nothing where nobody knows.
    std::optional<prospect> encode_info(layout_ref layout, std::size_t n) const
    {
        return answer([&](std::uint64_t *nbytes, nc_layout **array, nc_error *err) {
            return nc_encode_info(get(), layout.get(), n, nbytes, array, err);
        });
    }

    // Decodes into memory of the library. chunk: the array as it was encoded, where the codec does not know it; want: the array as
    // it shall be, in any byte order, in C or F order.
    buffer decode(bytes src, layout_ref chunk = {}, layout_ref want = {}, const options &opt = {}) const
    {
        return made([&](nc_buffer **out, const nc_options *raw, nc_error *err) {
            return nc_decode(get(), src.data(), src.size(), chunk.get(), want.get(), raw, out, err);
        }, opt);
    }
    buffer decode(bytes src, const options &opt) const { return decode(src, {}, {}, opt); }

    // Decodes into memory of the caller; gives the bytes from the first to the last written. want: layout of dst, strides too.
    std::size_t decode_into(bytes src, layout_ref chunk, layout_ref want, writable_bytes dst, const options &opt = {}) const
    {
        std::size_t written;
        nc_error err;
        detail::check(try_decode_into(src, chunk, want, dst, written, err, opt), err);
        return written;
    }
    nc_status try_decode_into(bytes src, layout_ref chunk, layout_ref want, writable_bytes dst, std::size_t &written, nc_error &err,
                              const options &opt = {}) const
    {
        detail::call call(opt);
        return call.finish(nc_decode_into(get(), src.data(), src.size(), chunk.get(), want.get(), dst.data(), dst.size(),
                                          call.get(), &written, &err));
    }
    // All of a container of numbers, or an error: an array of one dimension in this machine's byte order.
    template <class C, detail::if_numbers<C> = 0> void decode_into(bytes src, C &&values, const options &opt = {}) const
    {
        decode_into(src, {}, vector_layout(values), as_writable_bytes(values), opt);
    }

    // Decodes the part of a chunk that begins at start and has the shape of want, into memory of the caller.
    void decode_box(bytes src, layout_ref chunk, const extents &start, layout_ref want, writable_bytes dst,
                    const options &opt = {}) const
    {
        if (start.size() != chunk.ndim())
            throw std::invalid_argument("numcodecs::codec::decode_box: one start for each dimension");
        detail::call call(opt);
        nc_error err;
        detail::check(call.finish(nc_decode_box(get(), src.data(), src.size(), chunk.get(), start.data(), want.get(), dst.data(),
                                                dst.size(), call.get(), &err)),
                      err);
    }
    // What a chunk claims to hold, which is not to be trusted. Nothing where only decoding would tell.
    std::optional<prospect> decode_info(bytes src) const
    {
        return answer([&](std::uint64_t *nbytes, nc_layout **array, nc_error *err) {
            return nc_decode_info(get(), src.data(), src.size(), nbytes, array, err);
        });
    }

private:
    template <class C> static layout vector_layout(const C &values)
    {
        using T = detail::bare<detail::element_of<const C>>;
        return layout::of<T>({static_cast<std::int64_t>(values.size())});
    }
    template <class F> static std::optional<prospect> answer(F ask)
    {
        std::uint64_t nbytes = 0;
        nc_layout *array = nullptr;
        nc_error err;
        const nc_status status = ask(&nbytes, &array, &err);
        if (status == NUMCODECS_ERR_UNKNOWN_SIZE)
            return std::nullopt;
        detail::check(status, err);
        return prospect{nbytes, layout(array)};
    }
    // What a call gives in memory of the library.
    template <class F> static buffer made(F body, const options &opt)
    {
        detail::call call(opt);
        nc_buffer *out = nullptr;
        nc_error err;
        const nc_status status = body(&out, call.get(), &err);
        buffer result(out);
        detail::check(call.finish(status), err);
        return result;
    }
};

// ---- codecs of the caller ----

// Where a codec of the caller puts its result.
class sink {
public:
    explicit sink(nc_buffer *out) noexcept : out_(out) {}
    void append(bytes data)
    {
        nc_error err;
        detail::check(nc_buffer_append(out_, data.data(), data.size(), &err), err);
    }

private:
    nc_buffer *out_;
};

namespace detail {

// A class as a codec: its exceptions become the nc_error that the library asks for.
template <class T> struct adapter {
    template <class F> static nc_status run(nc_error *err, F body) noexcept
    {
        try {
            body();
            return NUMCODECS_OK;
        } catch (const error &e) {
            *err = e.record();
            return e.status();
        } catch (const std::bad_alloc &) {
            return NUMCODECS_ERR_MEMORY;
        } catch (const std::exception &e) {
            err->message[std::string_view(e.what()).copy(err->message, sizeof err->message - 1)] = '\0';
        } catch (...) {
        }
        return NUMCODECS_ERR_CALLBACK;
    }
    static nc_status make(void *, const char *json, void **self, nc_error *err) noexcept
    {
        return run(err, [&] { *self = new T(std::string_view(json)); });
    }
    static nc_status encode(void *self, const nc_layout *layout, const void *src, std::size_t n, nc_buffer *out,
                            nc_error *err) noexcept
    {
        sink to(out);
        return run(err, [&] { static_cast<const T *>(self)->encode(layout_ref(layout), bytes(src, n), to); });
    }
    static nc_status decode(void *self, const void *src, std::size_t n, nc_buffer *out, nc_error *err) noexcept
    {
        sink to(out);
        return run(err, [&] { static_cast<const T *>(self)->decode(bytes(src, n), to); });
    }
    static void free_self(void *self) noexcept { delete static_cast<T *>(self); }
};

} // namespace detail

// The codecs that configurations may name. Built up by one thread, then shared by any number.
class registry : public detail::owner<detail::reference<nc_registry>, nc_registry_free> {
public:
    // All built-in codecs, or those of a list.
    registry() : owner(make(nullptr, 0)) {}
    explicit registry(const std::vector<std::string> &allow) : owner(make_allowing(allow)) {}

    // Adds a class as a codec:
    //   T(std::string_view json);                                             its configuration
    //   void encode(numcodecs::layout_ref, numcodecs::bytes, numcodecs::sink &) const;
    //   void decode(numcodecs::bytes, numcodecs::sink &) const;
    // concurrent: encode and decode may run on several threads at once. They may throw numcodecs::error or any std::exception.
    template <class T> void add(const std::string &id, bool concurrent = true)
    {
        nc_custom_codec codec = {};
        codec.struct_size = sizeof codec;
        codec.id = id.c_str();
        codec.concurrent = concurrent ? 1 : 0;
        codec.make = detail::adapter<T>::make;
        codec.encode = detail::adapter<T>::encode;
        codec.decode = detail::adapter<T>::decode;
        codec.free_self = detail::adapter<T>::free_self;
        nc_error err;
        detail::check(nc_registry_add(const_cast<nc_registry *>(get()), &codec, &err), err);
    }

private:
    static nc_registry *make(const char *const *allow, std::size_t n)
    {
        nc_registry *made = nullptr;
        nc_error err;
        detail::check(nc_registry_new(allow, n, &made, &err), err);
        return made;
    }
    static nc_registry *make_allowing(const std::vector<std::string> &allow)
    {
        std::vector<const char *> ids;
        for (const std::string &id : allow)
            ids.push_back(id.c_str());
        ids.push_back(nullptr); // an empty list is a list
        return make(ids.data(), allow.size());
    }
};

class codec : public detail::owner<codec_ref, nc_codec_free> {
public:
    using owner::owner;
    // From a configuration in JSON, or a list of them: filters in their order, the compressor last.
    explicit codec(const std::string &json) : owner(make(json, nullptr)) {}
    codec(const std::string &json, const registry &codecs) : owner(make(json, codecs.get())) {}

private:
    static nc_codec *make(const std::string &json, const nc_registry *codecs)
    {
        nc_codec *made = nullptr;
        nc_error err;
        detail::check(nc_codec_from_config(json.c_str(), codecs, &made, &err), err);
        return made;
    }
};

// ---- Zarr arrays ----

// Bytes of a file: offset to the first, below 0 from the end of the file; and how many.
struct byte_range {
    std::int64_t offset;
    std::size_t nbytes;
};

// The metadata of an array that something else owns. What it lends is valid as long as that.
class zarr_ref : public detail::reference<nc_zarr> {
public:
    using reference::reference;

    codec_ref codec() const noexcept { return nc_zarr_codec(get()); }
    // Layout of a decoded chunk, in a sharded array of a whole shard.
    layout_ref chunk() const noexcept { return nc_zarr_layout(get()); }
    // The chunks inside a shard, as an array of their own; empty where chunks are no shards.
    zarr_ref inner() const noexcept { return nc_zarr_inner(get()); }
    // Where in each shard its index lies.
    byte_range index_range() const
    {
        byte_range range{};
        nc_error err;
        detail::check(nc_zarr_index_range(get(), &range.offset, &range.nbytes, &err), err);
        return range;
    }
    std::size_t ndim() const noexcept { return static_cast<std::size_t>(nc_zarr_query(get(), NUMCODECS_Q_NDIM)); }
    int format() const noexcept { return static_cast<int>(nc_zarr_query(get(), NUMCODECS_Q_FORMAT)); }
    bool has_fill() const noexcept { return nc_zarr_query(get(), NUMCODECS_Q_FILL) == 1; }
    // Extents of the whole array.
    extents shape() const
    {
        extents shape(ndim());
        nc_error err;
        detail::check(nc_zarr_shape(get(), shape.data(), static_cast<std::int32_t>(shape.size()), &err), err);
        return shape;
    }
    // The key of a chunk below that of the array, such as "c/0/1".
    std::string chunk_key(const extents &index) const
    {
        if (index.size() != ndim())
            throw std::invalid_argument("numcodecs::zarr_ref::chunk_key: one number for each dimension");
        std::string key(32 + 24 * index.size(), '\0');
        nc_error err;
        detail::check(nc_zarr_chunk_key(get(), index.data(), key.data(), key.size(), &err), err);
        key.resize(key.find('\0'));
        return key;
    }
    // Fills an array with the fill value, or zeros where there is none.
    void fill(layout_ref want, writable_bytes dst) const
    {
        nc_error err;
        detail::check(nc_zarr_fill(get(), want.get(), dst.data(), dst.size(), &err), err);
    }
    template <class C, detail::if_numbers<C> = 0> void fill(C &&values) const
    {
        using T = detail::bare<detail::element_of<C>>;
        fill(layout::of<T>({static_cast<std::int64_t>(values.size())}), as_writable_bytes(values));
    }
    // The fill value as one item, as the chunk has it.
    bytes fill_item() const noexcept
    {
        std::size_t n = 0;
        const void *item = nc_zarr_fill_item(get(), &n);
        return {item, n};
    }
    // JSON paths of the metadata that were ignored.
    std::vector<std::string> ignored() const
    {
        std::vector<std::string> paths;
        while (const char *path = nc_zarr_ignored(get(), paths.size()))
            paths.emplace_back(path);
        return paths;
    }
    // The text of a `.zarray` (format 2) or `zarr.json` (3), in whichever format it was read. attributes: a JSON object for a
    // `zarr.json`, nullptr = those that were read.
    std::string metadata(int format, const char *attributes = nullptr) const
    {
        nc_buffer *text = nullptr;
        nc_error err;
        detail::check(nc_zarr_metadata(get(), format, attributes, &text, &err), err);
        return std::string(buffer(text).text());
    }
    // The attributes of a `zarr.json` as JSON; empty where it has none, and for Zarr v2.
    std::string_view attributes() const noexcept
    {
        const char *text = nc_zarr_attributes(get());
        return text ? text : std::string_view();
    }
};

// The metadata of one array, of Zarr v2 or v3.
class zarr : public detail::owner<zarr_ref, nc_zarr_free> {
public:
    using owner::owner;
    // json: the text of `.zarray` or `zarr.json`.
    explicit zarr(const std::string &json) : owner(make(json, nullptr)) {}
    zarr(const std::string &json, const registry &codecs) : owner(make(json, codecs.get())) {}
    // A new array; metadata() writes its text. pipeline: as for numcodecs::codec. chunk: dtype, shape and order of a chunk. fill: the
    // fill value, one item as the chunk has it; no bytes = none.
    static zarr create(const std::string &pipeline, layout_ref chunk, const extents &shape, bytes fill = {}, int format = 3,
                       const registry *codecs = nullptr)
    {
        if (shape.size() != chunk.ndim())
            throw std::invalid_argument("numcodecs::zarr::create: another number of dimensions than the chunk has");
        nc_zarr *made = nullptr;
        nc_error err;
        detail::check(nc_zarr_new(pipeline.c_str(), codecs ? codecs->get() : nullptr, chunk.get(), shape.data(), fill.data(),
                                  fill.size(), format, &made, &err),
                      err);
        return zarr(made);
    }

private:
    static nc_zarr *make(const std::string &json, const nc_registry *codecs)
    {
        nc_zarr *made = nullptr;
        nc_error err;
        detail::check(nc_zarr_open(json.c_str(), codecs, &made, &err), err);
        return made;
    }
};

// Where the inner chunks of one shard lie.
class shard : public detail::owner<detail::reference<nc_shard>, nc_shard_free> {
public:
    // index: the bytes of zarr_ref::index_range; shard_nbytes: size of the whole shard, 0 = not known.
    shard(zarr_ref array, bytes index, std::uint64_t shard_nbytes = 0)
        : owner(make(array, index, shard_nbytes)), ndim_(array.ndim()) {}

    // The bytes of an inner chunk; nothing where it is not there, and all fill value.
    std::optional<byte_range> entry(const extents &inner) const
    {
        if (inner.size() != ndim_)
            throw std::invalid_argument("numcodecs::shard::entry: one number for each dimension");
        std::uint64_t offset = 0, nbytes = 0;
        nc_error err;
        detail::check(nc_shard_entry(get(), inner.data(), &offset, &nbytes, &err), err);
        if (offset == 0 && nbytes == 0)
            return std::nullopt;
        return byte_range{static_cast<std::int64_t>(offset), static_cast<std::size_t>(nbytes)};
    }

private:
    static nc_shard *make(zarr_ref array, bytes index, std::uint64_t shard_nbytes)
    {
        nc_shard *made = nullptr;
        nc_error err;
        detail::check(nc_shard_open(array.get(), index.data(), index.size(), shard_nbytes, &made, &err), err);
        return made;
    }

    std::size_t ndim_;
};

// ---- many chunks at once ----

// The chunks of one call. Memory is borrowed from add to the end of the call. One bad chunk does not lose the others.
class batch {
public:
    // A chunk, and where its result goes. counts: elements of the part that is inside the array, for chunks at its edge.
    void add(bytes src, writable_bytes dst)
    {
        static const char nothing = 0; // NULL would be a chunk that is not there
        push(src.data() ? src.data() : static_cast<const void *>(&nothing), src.size(), dst);
    }
    void add(bytes src, writable_bytes dst, const extents &counts)
    {
        add(src, dst);
        counts_.insert(counts_.end(), counts.begin(), counts.end());
    }
    // Decoding: a chunk that is not there, and becomes fill value.
    void add_missing(writable_bytes dst) { push(nullptr, 0, dst); }
    void add_missing(writable_bytes dst, const extents &counts)
    {
        add_missing(dst);
        counts_.insert(counts_.end(), counts.begin(), counts.end());
    }
    // Where the fill value comes from, for chunks that are not there or only partly; it must outlive the calls. Zeros else.
    void fill_from(zarr_ref array) noexcept { fill_ = array.get(); }

    // Decodes all, on options::threads threads; throws what became of the first chunk that failed. each: layout of every
    // destination, NULL = bytes as they come; chunk: layout of a decoded chunk where the codec does not know it.
    void decode(codec_ref codec, layout_ref each, const options &opt = {}, layout_ref chunk = {})
    {
        nc_error first;
        detail::check(try_decode(codec, each, first, opt, chunk), first);
    }
    nc_status try_decode(codec_ref codec, layout_ref each, nc_error &first, const options &opt = {}, layout_ref chunk = {})
    {
        detail::call call(opt);
        const nc_batch raw = prepare(each);
        return call.finish(nc_decode_batch(codec.get(), chunk.get(), each.get(), &raw, call.get(), &first));
    }
    // Encodes all, in the same way. each: layout of every source.
    void encode(codec_ref codec, layout_ref each, const options &opt = {})
    {
        nc_error first;
        detail::check(try_encode(codec, each, first, opt), first);
    }
    nc_status try_encode(codec_ref codec, layout_ref each, nc_error &first, const options &opt = {})
    {
        detail::call call(opt);
        const nc_batch raw = prepare(each);
        return call.finish(nc_encode_batch(codec.get(), each.get(), &raw, call.get(), &first));
    }

    std::size_t size() const noexcept { return src_.size(); }
    // After a call, a thrown error included: what became of each chunk, the bytes written for it, and the reason.
    nc_status status(std::size_t i) const { return status_.at(i); }
    std::size_t written(std::size_t i) const { return written_.at(i); }
    const nc_error &error_of(std::size_t i) const { return errors_.at(i); }

private:
    void push(const void *src, std::size_t n, writable_bytes dst)
    {
        src_.push_back(src);
        src_nbytes_.push_back(n);
        dst_.push_back(dst.data());
        dst_nbytes_.push_back(dst.size());
    }
    nc_batch prepare(layout_ref each)
    {
        if (!counts_.empty() && counts_.size() != size() * (each ? each.ndim() : 0))
            throw std::invalid_argument("numcodecs::batch: counts for every chunk and dimension, or for none");
        written_.assign(size(), 0);
        status_.assign(size(), NUMCODECS_ERR_NOT_DONE);
        errors_.assign(size(), nc_error{});
        nc_batch raw = {};
        raw.struct_size = sizeof raw;
        raw.n = size();
        raw.src = src_.data();
        raw.src_nbytes = src_nbytes_.data();
        raw.dst = dst_.data();
        raw.dst_nbytes = dst_nbytes_.data();
        raw.counts = counts_.empty() ? nullptr : counts_.data();
        raw.written = written_.data();
        raw.status = status_.data();
        raw.errors = errors_.data();
        raw.fill = fill_;
        return raw;
    }

    std::vector<const void *> src_;
    std::vector<void *> dst_;
    std::vector<std::size_t> src_nbytes_, dst_nbytes_, written_;
    std::vector<std::int64_t> counts_;
    std::vector<nc_status> status_;
    std::vector<nc_error> errors_;
    const nc_zarr *fill_ = nullptr;
};

// ---- the library ----

inline std::string_view library_version() { return nc_codec_library_version(); }

// Ids of the codecs of this build, in alphabetical order.
inline std::vector<std::string_view> codec_ids()
{
    std::vector<std::string_view> ids;
    while (const char *id = nc_codec_id_at(ids.size()))
        ids.emplace_back(id);
    return ids;
}

} // namespace numcodecs

#if defined(__cpp_lib_ranges)
// Views do not own: ranges and std::span may be made from temporary ones.
template <class T> inline constexpr bool std::ranges::enable_borrowed_range<numcodecs::view<T>> = true;
#endif

#endif // NUMCODECS_HPP
