-- libnumcodecs for LuaJIT. The declarations are those of the installed header: nothing is written twice.
--
--   local nc = require("numcodecs")("/usr/include/numcodecs.h", "libnumcodecs.so.0")
--   local zstd = nc.codec('{"id": "zstd", "level": 5}')
--   zstd:decode(zstd:encode("a chunk"))  --> "a chunk"
--
-- Chunks are Lua strings. Failures are raised as tables with code, codec, path, message, which print as text.

local ffi = require("ffi")

local Error = { __tostring = function(self) return self.message end }

-- The header without directives and without what is for C++ alone.
local function declarations(path)
  local file = assert(io.open(path))
  local text = "\n" .. file:read("*a")
  file:close()
  return (text:gsub("\n#ifdef __cplusplus.-\n#endif[^\n]*", "\n"):gsub("\n#[^\n]*", "\n"))
end

return function(header, library)
  ffi.cdef(declarations(header))
  local lib = ffi.load(library or "numcodecs")
  local nc = { lib = lib }

  -- Calls a function whose last argument is the error record.
  local function call(f, ...)
    local err = ffi.new("nc_error[1]")
    local arguments = { ... }
    local n = select("#", ...)
    arguments[n + 1] = err
    if f(unpack(arguments, 1, n + 1)) ~= lib.NUMCODECS_OK then
      local e = err[0]
      local fields = { code = e.code, codec = ffi.string(e.codec), path = ffi.string(e.path), message = ffi.string(e.message) }
      error(setmetatable(fields, Error), 0)
    end
  end

  local function take(out)
    local buffer = ffi.gc(out[0], lib.nc_buffer_free)
    return ffi.string(lib.nc_buffer_data(buffer), lib.nc_buffer_nbytes(buffer))
  end

  local Codec = {}
  Codec.__index = Codec

  -- The chunk encoded. layout tells dtype and shape where the codec must know them.
  function Codec:encode(chunk, layout)
    local out = ffi.new("nc_buffer *[1]")
    call(lib.nc_encode, self.handle, layout, chunk, #chunk, nil, nil, out)
    return take(out)
  end

  -- The chunk decoded. chunk: its layout where only the array's metadata tells it; want: that of the result.
  function Codec:decode(encoded, chunk, want)
    local out = ffi.new("nc_buffer *[1]")
    call(lib.nc_decode, self.handle, encoded, #encoded, chunk, want, nil, out)
    return take(out)
  end

  function Codec:config() return ffi.string(lib.nc_codec_config(self.handle)) end

  function nc.codec(json)
    local out = ffi.new("nc_codec *[1]")
    call(lib.nc_codec_from_config, json, nil, out)
    return setmetatable({ handle = ffi.gc(out[0], lib.nc_codec_free) }, Codec)
  end

  -- A layout of plain rows: dtype as in NumPy, shape a list, order "C" or "F".
  function nc.layout(dtype, shape, order)
    local out = ffi.new("nc_layout *[1]")
    local number = order == "F" and lib.NUMCODECS_ORDER_F or lib.NUMCODECS_ORDER_C
    call(lib.nc_layout_new, dtype, lib.NUMCODECS_FIXED, #shape, ffi.new("int64_t[?]", #shape, shape), nil, number, out)
    return ffi.gc(out[0], lib.nc_layout_free)
  end

  -- The codec of the chunks of a Zarr array, from the text of its .zarray or zarr.json.
  function nc.zarr(json)
    local out = ffi.new("nc_zarr *[1]")
    call(lib.nc_zarr_open, json, nil, out)
    local zarr = ffi.gc(out[0], lib.nc_zarr_free)
    return setmetatable({ handle = lib.nc_zarr_codec(zarr), owner = zarr }, Codec)
  end

  function nc.version() return ffi.string(lib.nc_codec_library_version()) end

  return nc
end
