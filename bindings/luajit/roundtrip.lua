-- luajit roundtrip.lua HEADER LIBRARY VECTOR DATA: a vector of numcodecs, a chunk of both real stores, and an error.
local header, library, vector, data = unpack(arg)
local ffi = require("ffi")
local nc = require("numcodecs")(header, library)

local function read(...)
  local file = assert(io.open(table.concat({ ... }, "/"), "rb"))
  local content = file:read("*a")
  file:close()
  return content
end

local words = {}
for word in read(vector, "layout.txt"):gmatch("%S+") do words[#words + 1] = word end
local shape = { tonumber(words[2]), tonumber(words[3]) }
local layout = nc.layout(words[1], shape)
local codec = nc.codec(read(vector, "config.json"))
assert(codec:encode(read(vector, "input.bin"), layout) == read(vector, "encoded.bin"), "encoded")
assert(codec:decode(read(vector, "encoded.bin")) == read(vector, "decoded.bin"), "decoded")

local want = nc.layout("<f4", { 5, 40, 70 })
local function chunk(store, want)
  local zarr = nc.zarr(read(data, store, ".zarray"))
  collectgarbage() -- what is still needed is still there
  local values = zarr:decode(read(data, store, "0.0.0"), nil, want)
  assert(zarr:decode(zarr:encode(values, want), nil, want) == values, store)
  return values
end
local sst = chunk("sst_blosc.zarr", want)
assert(#sst == 5 * 40 * 70 * 4 and sst == chunk("sst_zlib.zarr", want), "the stores differ")
assert(sst == chunk("sst_blosc.zarr"), "this store holds little-endian numbers in C order")
local first = ffi.cast("const float *", sst)
local highest = first[0]
for i = 1, 5 * 40 * 70 - 1 do highest = math.max(highest, first[i]) end
assert(highest > 25 and highest < 40, highest)

local ok, err = pcall(codec.decode, nc.codec('{"id": "zlib"}'), "not zlib at all")
assert(not ok and err.code == nc.lib.NUMCODECS_ERR_DATA and err.codec == "zlib" and #tostring(err) > 0, "no error")
ok, err = pcall(nc.codec, '{"id": "zlib", "level": "high"}')
assert(not ok and err.code == nc.lib.NUMCODECS_ERR_CONFIG and err.path == "level", "no error")
print("luajit: ok, library " .. nc.version())
