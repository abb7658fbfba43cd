"""Another program at a service's port: greets who connects, and answers every datagram, with a line of mail's protocol.

Usage: other_program.py ADDRESS PORT
"""
import asyncio
import sys

LINE = b"220 mail.example.org ESMTP ready, and glad to take whatever it is that you have to say\r\n"


class Datagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.transport.sendto(LINE, address)


async def greet(reader, writer):
    try:
        writer.write(LINE)
        await reader.read()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main():
    address = (sys.argv[1], int(sys.argv[2]))
    await asyncio.get_running_loop().create_datagram_endpoint(Datagrams, local_addr=address)
    server = await asyncio.start_server(greet, *address)
    async with server:
        await server.serve_forever()


asyncio.run(main())
