#!/usr/bin/env python3
"""A PLC made with pymodbus: an implementation of Modbus that Lineproof's authors did not write.

    plc.py tcp PORT VALUES           Modbus TCP; on a free port when it is 0
    plc.py rtuovertcp PORT VALUES    RTU frames over TCP
    plc.py rtu PATH VALUES           RTU on a serial port

It prints "ready PORT" when it listens. Units 1 to 3 hold in holding and input registers 1000 to 1999
(unit << 12) + address, in input registers with the highest bit set; in coils and discrete inputs 0 to 99
a bit that is set at every third and at every fourth address. Unit 1 also holds VALUES, a JSON list of
{at, type, order, bytes, value}: its values are laid out here, by Python's struct. Every other address is
refused with exception 2, every other unit is silent. It ends with its standard input.
"""

import asyncio
import json
import struct
import sys

from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.server import async_io
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer

FORMATS = {
    "int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I", "int64": ">q", "uint64": ">Q",
    "float32": ">f", "float64": ">d",
}


def big_endian(entry):
    """The value's bytes, the most significant first."""
    if "bytes" in entry:
        return bytes.fromhex(entry["bytes"])
    kind, value = entry["type"], entry["value"]
    if kind in ("float32", "float64"):
        return struct.pack(FORMATS[kind], float(value))
    if kind.startswith("bcd"):
        return bytes.fromhex(value.zfill(int(kind[3:]) // 4))
    return struct.pack(FORMATS[kind], int(value))


def swap(data, size):
    """Each group of so many bytes back to front."""
    return b"".join(data[i:i + size][::-1] for i in range(0, len(data), size))


def on_the_wire(entry):
    """The registers that hold the value in its order."""
    data = big_endian(entry)
    order = entry.get("order", "ABCDEFGH"[:len(data)])
    words_swapped = order in ("CDAB", "DCBA", "GHEFCDAB", "HGFEDCBA")
    bytes_swapped = order in ("BA", "BADC", "DCBA", "BADCFEHG", "HGFEDCBA")
    if words_swapped:
        data = swap(swap(data, len(data)), 2)
    if bytes_swapped:
        data = swap(data, 2)
    return struct.unpack(f">{len(data) // 2}H", data)


def unit(number, values):
    holding = {a: (number << 12) + a for a in range(1000, 2000)}
    inputs = {a: ((number << 12) + a) | 0x8000 for a in range(1000, 2000)}
    for entry in values:
        table, first = entry["at"].split()
        for i, register in enumerate(on_the_wire(entry)):
            {"holding": holding, "input": inputs}[table][int(first) + i] = register
    return ModbusSlaveContext(
        co=ModbusSparseDataBlock({a: a % 3 == 0 for a in range(100)}),
        di=ModbusSparseDataBlock({a: a % 4 == 0 for a in range(100)}),
        hr=ModbusSparseDataBlock(holding),
        ir=ModbusSparseDataBlock(inputs),
        zero_mode=True,
    )


async def main(how, where, values_path):
    with open(values_path, encoding="utf-8") as f:
        values = json.load(f)
    asyncio.get_running_loop().add_reader(sys.stdin, sys.exit)  # nothing is ever sent: this is the end
    units = {1: unit(1, values), 2: unit(2, []), 3: unit(3, [])}
    context = ModbusServerContext(slaves=units, single=False)
    if how == "rtu":
        server = async_io.ModbusSerialServer(
            context, framer=ModbusRtuFramer, port=where, baudrate=115200, parity="N", stopbits=1, timeout=0.01,
            ignore_missing_slaves=True)  # parity N: a pseudo-terminal refuses any other
        await server.start()
        assert server.transport, f"cannot open {where}"
        print("ready 0", flush=True)
        await server.serve_forever()
        return
    framer = {"tcp": ModbusSocketFramer, "rtuovertcp": ModbusRtuFramer}[how]
    server = async_io.ModbusTcpServer(context, framer=framer, address=("127.0.0.1", int(where)),
                                      allow_reuse_address=True, ignore_missing_slaves=True)
    serving = asyncio.ensure_future(server.serve_forever())
    await server.serving
    print("ready", server.server.sockets[0].getsockname()[1], flush=True)
    await serving


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
