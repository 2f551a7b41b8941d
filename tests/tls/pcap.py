#!/usr/bin/env python3
"""pcap.py CAPTURE N: the bytes of its Nth TCP connection (that has any), in the order of their packets, as pieces:
"c" or "s", four bytes of length, bytes. Reads pcap and pcapng, also compressed, over Ethernet, IP and loopback."""
import gzip, struct, sys

def packets(data):
    """(link type, frame) of each packet."""
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        at, links, order = 0, [], "<"
        while at < len(data):
            if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
                order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
                links = []
            kind, length = struct.unpack(order + "II", data[at:at + 8])
            body = data[at + 8:at + length - 4]
            if kind == 1:
                links.append(struct.unpack(order + "H", body[:2])[0])
            elif kind == 6:
                interface, _, _, size = struct.unpack(order + "IIII", body[:16])
                yield links[interface], body[20:20 + size]
            at += length
        return
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link, at = struct.unpack(order + "I", data[20:24])[0], 24
    while at < len(data):
        size = struct.unpack(order + "I", data[at + 8:at + 12])[0]
        yield link, data[at + 16:at + 16 + size]
        at += 16 + size

def tcp(link, frame):
    """((source, destination), sequence number, SYN, payload), or None."""
    skip = {0: 4, 1: 14, 101: 0, 113: 16, 228: 0, 229: 0, 12: 0}.get(link)
    if skip is None:
        return None
    ip = frame[skip:]
    if link == 1 and frame[12:14] == b"\x81\x00":
        ip = frame[18:]
    if not ip:
        return None
    if ip[0] >> 4 == 4 and ip[9] == 6:
        head, ends = (ip[0] & 15) * 4, (ip[12:16], ip[16:20])
        ip = ip[:struct.unpack(">H", ip[2:4])[0] or len(ip)]
    elif ip[0] >> 4 == 6 and ip[6] == 6:
        head, ends = 40, (ip[8:24], ip[24:40])
        ip = ip[:40 + struct.unpack(">H", ip[4:6])[0]]
    else:
        return None
    segment = ip[head:]
    source, target, sequence = struct.unpack(">HHI", segment[:8])
    return ((ends[0], source), (ends[1], target)), sequence, segment[13] & 2, segment[(segment[12] >> 4) * 4:]

class End:
    """One direction: what comes too early waits, what was seen before is dropped."""
    def __init__(self):
        self.next, self.early = None, {}

    def take(self, sequence, syn, payload):
        if syn:
            self.next = (sequence + 1) & 0xffffffff
        if not payload:
            return b""
        if self.next is None:
            self.next = sequence
        self.early[sequence] = max(self.early.get(sequence, b""), payload, key=len)
        out, moved = b"", True
        while moved:
            moved = False
            for start, piece in sorted(self.early.items()):
                seen = (self.next - start) & 0xffffffff
                if seen < 1 << 31:
                    del self.early[start]
                    out += piece[seen:]
                    self.next = (self.next + len(piece[seen:])) & 0xffffffff
                    moved = True
                    break
        return out

data = open(sys.argv[1], "rb").read()
if data[:2] == b"\x1f\x8b":
    data = gzip.decompress(data)
flows = {}
for link, frame in packets(data):
    found = tcp(link, frame)
    if not found:
        continue
    way, sequence, syn, payload = found
    flow = flows.get(way) or flows.get(way[::-1])
    if flow is None:
        flow = flows[way] = {"client": way[0], "ends": {way[0]: End(), way[1]: End()}, "pieces": []}
    piece = flow["ends"][way[0]].take(sequence, syn, payload)
    if piece:
        flow["pieces"].append((b"c" if way[0] == flow["client"] else b"s", piece))
chosen = [f for f in flows.values() if f["pieces"]][int(sys.argv[2])]
for end, piece in chosen["pieces"]:
    sys.stdout.buffer.write(end + struct.pack(">I", len(piece)) + piece)
