"""check_julia.py HEADER_TEXT PACKAGE: what can be said of the Julia package without Julia.

Every file parses; every ccall names a function of the header and has its result, its argument types and as many arguments; mirrored structs
have the header's fields, constants its numbers. Then the same check must find faults that are put in: a swapped type, a missing argument ...
"""
import pathlib
import re
import sys

import tree_sitter_julia
from pycparser import c_ast, c_parser
from tree_sitter import Language, Parser

JULIA = Parser(Language(tree_sitter_julia.language()))
SCALARS = {"int32_t": "Int32", "nc_status": "Int32", "int64_t": "Int64", "uint32_t": "UInt32", "uint64_t": "UInt64", "size_t": "Csize_t",
           "void": "Cvoid"}
PLAIN_TYPES = "".join(f"typedef int {name};" for name in ("int32_t", "int64_t", "uint32_t", "uint64_t", "size_t"))
FEWEST_CALLS = 20


class Header:
    """Prototypes, structs and constants of the header, with the Julia types that each C type may have."""

    def __init__(self, text):
        self.functions, self.structs, self.constants = {}, {}, {}
        for node in c_parser.CParser().parse(PLAIN_TYPES + text).ext:
            self._declaration(node)

    def _declaration(self, node):
        declared = node.type
        if isinstance(declared, c_ast.FuncDecl):
            arguments = [p.type for p in declared.args.params] if declared.args else []
            arguments = [] if [base_of(a) for a in arguments] == ["void"] and not isinstance(arguments[0], c_ast.PtrDecl) else arguments
            self.functions[node.name] = julia_types(declared.type, is_result=True), [julia_types(a) for a in arguments]
            return
        inner = getattr(declared, "type", None)
        if isinstance(inner, c_ast.Struct) and inner.decls:
            self.structs[inner.name] = [(field.name.rstrip("_"), julia_types(field.type)) for field in inner.decls]
        if isinstance(inner, c_ast.Enum):
            for item in inner.values.enumerators:
                self.constants[item.name] = number(item.value)


def number(node):
    return -int(node.expr.value) if isinstance(node, c_ast.UnaryOp) else int(node.value, 0)


def base_of(node):
    """The name of the innermost type."""
    while not isinstance(node, c_ast.TypeDecl):
        node = node.type
    return node.type.name if isinstance(node.type, c_ast.Struct) else node.type.names[0]


def depth_of(node):
    depth = 0
    while isinstance(node, c_ast.PtrDecl):
        depth, node = depth + 1, node.type
    return depth


def is_const(node):
    while not isinstance(node, c_ast.TypeDecl):
        node = node.type
    return "const" in node.quals


def julia_types(node, is_result=False):
    """The set of Julia types that are right for a C type."""
    if isinstance(node, c_ast.ArrayDecl):
        return {f"NTuple{{{node.dim.value},UInt8}}"}
    if isinstance(node, c_ast.PtrDecl) and isinstance(node.type, c_ast.FuncDecl):
        return {"Ptr{Cvoid}"}
    base, depth, const = base_of(node), depth_of(node), is_const(node)
    if base.endswith("_fn"):
        return {"Ptr{Cvoid}"}
    if depth == 0:
        return {SCALARS[base]}
    if base == "char":
        return {"Cstring"} if depth == 1 and const else {"Ptr{UInt8}"} if depth == 1 else {"Ptr{Cstring}", "Ref{Cstring}"}
    name = SCALARS.get(base, base)
    if depth == 2:
        return {f"Ptr{{Ptr{{{name}}}}}"} if base == "void" else {f"Ref{{Ptr{{{name}}}}}"}
    if base in ("nc_error", "nc_options", "nc_batch"):
        return {f"Ref{{{name}}}"}
    by_reference = base in SCALARS and base != "void" and not const and not is_result
    return {f"Ptr{{{name}}}", f"Ref{{{name}}}"} if by_reference else {f"Ptr{{{name}}}"}


def nodes(node, kind):
    if node.type == kind:
        yield node
    for child in node.children:
        yield from nodes(child, kind)


def source(node):
    return re.sub(r"\s", "", node.text.decode())


def elements(node):
    return [source(child) for child in node.named_children if child.type not in ("comment", "line_comment", "block_comment")]


def check_syntax(name, tree):
    if not tree.root_node.has_error:
        return []
    bad = [*nodes(tree.root_node, "ERROR")] or [tree.root_node]
    return [f"{name}:{bad[0].start_point[0] + 1}: does not parse"]


def check_call(where, call, header):
    arguments = next(nodes(call, "argument_list")).named_children
    target = elements(arguments[0])
    function = target[0].lstrip(":")
    if target[1:] != ["libnumcodecs"] or function not in header.functions:
        return [f"{where}: the header has no {source(arguments[0])}"]
    result, types = header.functions[function]
    given = elements(arguments[2])
    found = []
    if source(arguments[1]) not in result:
        found.append(f"{where}: {function} gives {source(arguments[1])}, not {sorted(result)}")
    if not len(types) == len(given) == len(arguments) - 3:
        return [*found, f"{where}: {function} takes {len(types)} arguments: {len(given)} types and {len(arguments) - 3} values are given"]
    return found + [f"{where}: argument {i} of {function} is {has}, not {sorted(wants)}"
                    for i, (has, wants) in enumerate(zip(given, types), 1) if has not in wants]


def check_structs(name, tree, header):
    found = []
    for struct in nodes(tree.root_node, "struct_definition"):
        fields = [tuple(source(f).split("::")) for f in struct.named_children[1:] if f.type == "typed_expression"]
        struct_name = re.match(r"(?:mutable\s+)?struct\s+(\w+)", struct.text.decode()).group(1)
        if struct_name.startswith("nc_") and fields:
            found += [] if is_mirror(fields, header.structs.get(struct_name, [])) else [f"{name}: struct {struct_name} is not that of the header"]
    return found


def is_mirror(fields, wants):
    """The header's fields in its order; of a struct that tells its size, which may grow, also the first ones alone."""
    may_be_shorter = len(fields) > 1 and fields[0][0] == "struct_size"
    enough = len(fields) == len(wants) or (may_be_shorter and len(fields) < len(wants))
    return enough and all(f == w and t in types for (f, t), (w, types) in zip(fields, wants))


def check_constants(name, text, header):
    pairs = re.findall(r"^const (NUMCODECS_\w+) = Int32\((-?\d+)\)$", text, re.MULTILINE)
    return [f"{name}: {constant} is {header.constants.get(constant)}, not {value}" for constant, value in pairs
            if header.constants.get(constant) != int(value)]


def check(files, header):
    """(faults, calls checked) of {name: text}."""
    found, calls = [], 0
    for name, text in files.items():
        tree = JULIA.parse(text.encode())
        faults = check_syntax(name, tree)
        if not faults:
            for call in nodes(tree.root_node, "call_expression"):
                if source(call.named_children[0]) == "ccall":
                    faults += check_call(f"{name}:{call.start_point[0] + 1}", call, header)
                    calls += 1
            faults += check_structs(name, tree, header) + check_constants(name, text, header)
        found += faults
    return found, calls


# What must be found: file, what stands there, what is put there instead, a word of the report.
FAULTS = [
    ("codec.jl", "Ptr{nc_codec}, Ptr{Cvoid}, Csize_t, Ptr{nc_layout}, Ptr{nc_layout}, Ref{nc_options}, Ref{Ptr{nc_buffer}}",
     "Ptr{nc_layout}, Ptr{Cvoid}, Csize_t, Ptr{nc_codec}, Ptr{nc_layout}, Ref{nc_options}, Ref{Ptr{nc_buffer}}", "argument 1 of nc_decode"),
    ("codec.jl", "codec, layout, pointer(dense), sizeof(dense), C_NULL, opt, out, err)", "codec, layout, pointer(dense), C_NULL, opt, out, err)",
     "nc_encode takes 8 arguments"),
    ("codec.jl", "Csize_t, Ptr{nc_layout}, Ptr{nc_layout}, Ptr{Cvoid}, Csize_t,", "Csize_t, Ptr{nc_layout}, Ptr{nc_layout}, Ptr{Cvoid}, Int32,",
     "argument 7 of nc_decode_into"),
    ("layout.jl", "(Ptr{nc_layout}, Int32), layout, what)", "(Ptr{nc_layout},), layout, what)", "nc_layout_query takes 2 arguments"),
    ("layout.jl", "Int64, (Ptr{nc_layout}, Int32), layout, what)", "Int32, (Ptr{nc_layout}, Int32), layout, what)", "nc_layout_query gives Int32"),
    ("buffer.jl", ":nc_buffer_free", ":nc_buffer_release", "no (:nc_buffer_release"),
    ("capi.jl", "    stage::Int32\n    index::Int64", "    index::Int64\n    stage::Int32", "struct nc_error"),
    ("capi.jl", "NTuple{128,UInt8}", "NTuple{64,UInt8}", "struct nc_error"),
    ("capi.jl", "    grow_user::Ptr{Cvoid}\n", "", "struct nc_options"),
    ("capi.jl", "ERR_DATA = Int32(4)", "ERR_DATA = Int32(5)", "NUMCODECS_ERR_DATA is 4"),
    ("zarr.jl", "return Tuple(reverse(extents))\n", "return Tuple(reverse(extents)))\n", "does not parse"),
    ("codec.jl", "function codecids()", "function codecids(", "does not parse"),
]


def selftest(files, header):
    for file, old, new, word in FAULTS:
        name = next(n for n in files if n.endswith(file))
        if old not in files[name]:
            raise SystemExit(f"check_julia: {file} has no {old!r} to put a fault into")
        found, _ = check({**files, name: files[name].replace(old, new, 1)}, header)
        if not any(word in fault for fault in found):
            raise SystemExit(f"check_julia: {new!r} in {file} was not found: {found}")


def main():
    header = Header(pathlib.Path(sys.argv[1]).read_text())
    package = pathlib.Path(sys.argv[2])
    files = {str(path.relative_to(package)): path.read_text() for path in sorted(package.rglob("*.jl")) if path.is_file()}
    found, calls = check(files, header)
    if found:
        raise SystemExit("\n".join(found))
    if calls < FEWEST_CALLS:
        raise SystemExit(f"check_julia: only {calls} calls found")
    selftest(files, header)
    print(f"check_julia: {len(files)} files parse, {calls} ccalls are those of the header; {len(FAULTS)} faults put in, all found")


main()
