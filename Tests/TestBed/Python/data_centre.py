"""Stands in for one of Telegram's data centres: answers req_pq_multi with resPQ, over obfuscated transport.

Usage: data_centre.py ADDRESS PORT
"""
import asyncio
import os
import struct
import sys

from Crypto.Cipher import AES
from Crypto.Util import Counter

PLAIN, PADDED = b"\xee\xee\xee\xee", b"\xdd\xdd\xdd\xdd"


def cipher(key_and_counter):
    counter = Counter.new(128, initial_value=int.from_bytes(key_and_counter[32:], "big"))
    return AES.new(key_and_counter[:32], AES.MODE_CTR, counter=counter)


async def serve(reader, writer):
    try:
        start = await reader.readexactly(64)
        incoming, outgoing = cipher(start[8:56]), cipher(start[8:56][::-1])
        tag = incoming.decrypt(start)[56:60]
        if tag not in (PLAIN, PADDED):
            return
        while True:
            (size,) = struct.unpack("<I", incoming.decrypt(await reader.readexactly(4)))
            if not 40 <= size <= 1024:
                return
            question = incoming.decrypt(await reader.readexactly(size))
            if question[:8] != bytes(8) or question[20:24] != struct.pack("<I", 0xBE7E8EF1):
                return
            body = struct.pack("<I", 0x05162463) + question[24:40] + os.urandom(16)
            body += b"\x08" + os.urandom(8) + bytes(3) + struct.pack("<II", 0x1CB5C415, 1) + os.urandom(8)
            answer = bytes(8) + question[8:16] + struct.pack("<I", len(body)) + body
            if tag == PADDED:
                answer += os.urandom(os.urandom(1)[0] % 16)
            writer.write(outgoing.encrypt(struct.pack("<I", len(answer)) + answer))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, sys.argv[1], int(sys.argv[2]))
    async with server:
        await server.serve_forever()


asyncio.run(main())
