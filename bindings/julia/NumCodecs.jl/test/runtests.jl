using NumCodecs, Test

const DATA = get(ENV, "NUMCODECS_DATA", joinpath(@__DIR__, "..", "..", "..", "..", "examples", "data"))

@testset "known bytes" begin
    @test encode(Codec("""{"id": "crc32"}"""), Vector{UInt8}("123456789")) == [0x26; 0x39; 0xf4; 0xcb; Vector{UInt8}("123456789")]
    delta = Codec("""{"id": "delta", "dtype": "<i2"}""")
    @test encode(delta, Int16[1, 3, 6]) == Int16[1, 2, 3]
    @test decode(delta, reinterpret(UInt8, Int16[1, 2, 3])) == Int16[1, 3, 6]
    @test decode(Codec("[]"), UInt8[1, 2], UInt16, 1) == [ltoh(0x0201)]
end

@testset "arrays" begin
    cube = reshape(collect(Float32, 1:24), 2, 3, 4)
    for id in ("blosc", "zlib", "zstd", "lz4")
        codec = Codec("""{"id": "$id"}""")
        @test decode(codec, encode(codec, cube), Float32, 2, 3, 4) == cube
        @test decode(codec, encode(codec, view(cube, :, 2, :)), Float32, 2, 4) == cube[:, 2, :]
    end
    zfp = Codec("""{"id": "zfpy", "mode": 4, "tolerance": 0.001}""")
    @test isapprox(decode(zfp, encode(zfp, cube)), cube; atol=1e-3)
    text = Codec("""{"id": "vlen-utf8"}""")
    @test decode(text, encode(text, ["a", "", "zwölf"])) == ["a", "", "zwölf"]
end

@testset "errors" begin
    error = try Codec("""{"id": "zlib", "level": "high"}""") catch e e end
    @test error isa NumcodecsError && error.code == NumCodecs.NUMCODECS_ERR_CONFIG && error.path == "level"
    @test_throws NumcodecsError decode(Codec("""{"id": "zlib"}"""), Vector{UInt8}("not zlib at all"))
    @test Codec("""{"id": "zlib"}""") == Codec("""{"level": 1, "id": "zlib"}""")
end

@testset "real chunks" begin
    chunks = map(("sst_blosc.zarr", "sst_zlib.zarr")) do store
        meta = ZarrMetadata(read(joinpath(DATA, store, ".zarray"), String))
        @test size(meta) == (180, 90, 12) && chunksize(meta) == (70, 40, 5) && eltype(meta) == Float32
        @test chunkkey(meta, 3, 1, 2) == "1.0.2"
        @test all(fill!(Array{Float32}(undef, 2, 2, 2), meta) .< -1e33)
        codec = Codec(meta)
        decode(codec, read(joinpath(DATA, store, chunkkey(meta, 1, 1, 1))), Float32, chunksize(meta)...)
    end
    @test chunks[1] == chunks[2]
    @test 25 < maximum(chunks[1]) < 40
end

@testset "shards" begin
    meta = ZarrMetadata("""{"zarr_format": 3, "node_type": "array", "shape": [8, 6], "data_type": "int32", "fill_value": 0,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [8, 6]}}, "chunk_key_encoding": {"name": "default"},
        "codecs": [{"name": "sharding_indexed", "configuration": {"chunk_shape": [4, 2],
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
        "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}]}}]}""")
    values = reshape(collect(Int32, 0:47), 6, 8)
    values[1:2, 1:4] .= 0
    shard = encode(Codec(meta), values)
    offset, nbytes = indexrange(meta)
    ranges = shardindex(meta, shard[(end+offset+1):end]; shard_nbytes=length(shard))
    @test offset == -nbytes && size(ranges) == (3, 2) && ranges[1, 1] === nothing
    @test decode(Codec(inner(meta)), shard[ranges[3, 2]], Int32, 2, 4) == values[5:6, 5:8]
end

@testset "new arrays" begin
    new = ZarrMetadata(Int16, (180, 90), (70, 40); codecs="""{"id": "zstd", "level": 3}""", fill=-1, format=2)
    again = ZarrMetadata(metadatatext(new; format=3))
    @test size(again) == (180, 90) && chunksize(again) == (70, 40) && eltype(again) == Int16
    @test all(fill!(Array{Int16}(undef, 3, 3), again) .== -1)
    @test_throws NumcodecsError metadatatext(new; attributes="no JSON")
end
