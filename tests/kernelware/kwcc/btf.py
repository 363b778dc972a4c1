# SPDX-License-Identifier: BSD-2-Clause
"""
Writes BTF, so that tests have types of every kind, odd ones too, without a
compiler that makes them. Methods return the id of the type they add.
"""
import struct

INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, PROTO, VAR, DATASEC, FLOAT, DECL_TAG, TYPE_TAG, ENUM64 = range(1, 20)
SIGNED, CHAR, BOOL = 1, 2, 4


class Btf:
    def __init__(self):
        self.strings = b"\0"
        self.types = []

    def string(self, text):
        if not text:
            return 0
        offset = len(self.strings)
        self.strings += text.encode() + b"\0"
        return offset

    def add(self, kind, name="", vlen=0, flag=0, size_or_type=0, more=b""):
        self.types.append(struct.pack("<III", self.string(name), flag << 31 | kind << 24 | vlen, size_or_type) + more)
        return len(self.types)

    def integer(self, name, size, encoding=0, bits=None):
        return self.add(INT, name, size_or_type=size, more=struct.pack("<I", encoding << 24 | (size * 8 if bits is None else bits)))

    def pointer(self, target):
        return self.add(PTR, size_or_type=target)

    def array(self, element, count):
        return self.add(ARRAY, more=struct.pack("<III", element, element, count))

    def structure(self, name, size, members, kind=STRUCT, flag=0):
        """members: (name, type, byte offset) or (name, type, bit offset, bits): a bit-field, with flag=1"""
        more = b"".join(struct.pack("<III", self.string(m[0]), m[1], m[2] | m[3] << 24 if len(m) > 3 else m[2] * 8) for m in members)
        return self.add(kind, name, len(members), flag, size, more)

    def union(self, name, size, members):
        return self.structure(name, size, members, UNION)

    def enum(self, name, values, size=4):
        return self.add(ENUM, name, len(values), 0, size, b"".join(struct.pack("<Ii", self.string(n), v) for n, v in values))

    def forward(self, name, union=0):
        return self.add(FWD, name, flag=union)

    def typedef(self, name, target):
        return self.add(TYPEDEF, name, size_or_type=target)

    def qualified(self, kind, target, name=""):
        return self.add(kind, name, size_or_type=target)

    def float(self, name, size):
        return self.add(FLOAT, name, size_or_type=size)

    def function(self, name, result, parameters):
        """parameters: (name, type); ("", 0) at the end: variadic"""
        more = b"".join(struct.pack("<II", self.string(n), t) for n, t in parameters)
        return self.add(FUNC, name, 1, size_or_type=self.add(PROTO, "", len(parameters), 0, result, more))

    def percpu(self, variables):
        """variables: (name, type)"""
        ids = [self.add(VAR, name, size_or_type=kind, more=struct.pack("<I", 1)) for name, kind in variables]
        more = b"".join(struct.pack("<III", i, 8 * n, 8) for n, i in enumerate(ids))
        return self.add(DATASEC, ".data..percpu", len(ids), 0, 8 * len(ids), more)

    def bytes(self):
        types = b"".join(self.types)
        return struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(types), len(types), len(self.strings)) + types + self.strings


def elf(sections):
    """An ELF64 file with these sections, (name, type, bytes); no program headers."""
    names = b"\0"
    body = b""
    headers = [b"\0" * 64]
    for name, kind, content in sections + [(".shstrtab", 3, None)]:
        offset = len(names)
        names += name.encode() + b"\0"
        content = names if content is None else content
        body += b"\0" * (-(64 + len(body)) % 8)
        headers.append(struct.pack("<IIQQQQIIQQ", offset, kind, 0, 0, 64 + len(body), len(content), 0, 0, 4, 0))
        body += content
    body += b"\0" * (-(64 + len(body)) % 8)
    head = b"\x7fELF\x02\x01\x01" + b"\0" * 9 + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 0, 64 + len(body), 0, 64, 0, 0, 64,
            len(headers), len(headers) - 1)
    return head + body + b"".join(headers)


def build_id(content):
    return struct.pack("<III", 4, len(content), 3) + b"GNU\0" + content


def kernel():
    """A small kernel with what the tests name."""
    b = Btf()
    i = b.integer("int", 4, SIGNED)
    u = b.integer("unsigned int", 4)
    long = b.integer("long int", 8, SIGNED)
    ulong = b.integer("long unsigned int", 8)
    u64 = b.typedef("u64", b.typedef("__u64", b.integer("long long unsigned int", 8)))
    char = b.integer("char", 1, SIGNED)
    boolean = b.typedef("bool", b.integer("_Bool", 1, BOOL))
    string = b.pointer(b.qualified(CONST, char))
    node = len(b.types) + 2
    b.pointer(node)
    b.structure("list_head", 16, [("next", node - 1, 0), ("prev", node - 1, 8)])
    opaque = b.structure("spinlock", 4, [("raw", u, 0)])
    counter = b.structure("", 4, [("counter", i, 0)])
    mm = b.structure("mm_struct", 64, [("total_vm", ulong, 40), ("map_count", i, 48)])
    overlap = b.union("", 8, [("whole", ulong, 0), ("", b.structure("", 8, [("low", u, 0), ("high", u, 4)]), 0)])
    proto = b.add(PROTO, "", 0, 0, 0)
    b.structure("task_struct", 4160, [
        ("state", b.qualified(VOLATILE, u), 24), ("usage", b.typedef("atomic_t", counter), 40), ("tasks", node, 48),
        ("lock", opaque, 64),
        ("mm", b.pointer(mm), 72), ("files", b.pointer(b.forward("files_struct")), 80), ("", overlap, 88),
        ("pid", b.typedef("pid_t", i), 96),
        ("comm", b.array(char, 16), 100), ("callback", b.pointer(proto), 120), ("start_time", u64, 128),
        ("matrix", b.array(b.array(i, 3), 2), 136),
        ("in_iowait", boolean, 160), ("policy", b.enum("policy", [("A", 0), ("B", -1)]), 164),
        ("names", b.pointer(b.qualified(CONST, string)), 168),
        ("tail", b.array(ulong, 0), 4160)])
    b.structure("flags_struct", 8, [("a", u, 0, 3), ("b", u, 3, 5), ("plain", u, 32, 0)], flag=1)
    b.structure("packed_struct", 13, [("a", char, 0), ("b", ulong, 1), ("c", u, 9)])
    b.structure("twice", 8, [("same", u, 0), ("moved", u, 4)])
    b.structure("twice", 16, [("same", u, 0), ("moved", u, 8)])
    b.function("_printk", i, [("fmt", string), ("", 0)])
    b.function("sum_eight", long, [(f"p{n}", t) for n, t in enumerate([char, i, u, long, ulong, b.pointer(mm), boolean, u64])])
    b.function("nothing", 0, [])
    b.function("fifteen", i, [(f"p{n}", long) for n in range(15)])
    b.function("by_value", i, [("lock", opaque)])
    b.function("gives_value", opaque, [])
    b.function("takes_float", i, [("x", b.float("double", 8))])
    b.function("wide", i, [("x", b.integer("__int128", 16, SIGNED))])
    b.function("unclear", i, [("x", i)])
    b.function("unclear", i, [("x", long)])
    b.function("strlen", ulong, [("s", string)])
    b.percpu([("counters", ulong), ("queue", mm)])
    b.enum("first", [("FEW", 3), ("AGAIN", 1), ("TWICE", 1)])
    b.enum("second", [("MANY", -1), ("AGAIN", 1), ("TWICE", 2)])
    b.add(ENUM64, "third", 1, 0, 8, struct.pack("<III", b.string("WIDE"), 5, 1))
    b.add(VAR, "not_percpu", size_or_type=i, more=struct.pack("<I", 1))
    return b
