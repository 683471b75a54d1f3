# SPDX-License-Identifier: Apache-2.0
"""The memory of another process, to look for what should not be there any more. Only root may, where
the process shuts itself in."""


def writable_memory(pid):
    """Without the stack: the dynamic linker may spill registers there."""
    memory = []
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, \
            open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            words = line.split()
            begin, end = (int(word, 16) for word in words[0].split("-"))
            # a sanitizer's shadow is terabytes
            if not words[1].startswith("rw") or "[stack]" in line or end - begin > 2**30:
                continue
            mem.seek(begin)
            try:
                memory.append(mem.read(end - begin))
            except OSError:
                pass
    return b"".join(memory)
