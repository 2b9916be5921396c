#!/usr/bin/env python3
"""A device made with pymodbus that says what it is (function 43/14): unit 7 over Modbus TCP on a free port.

It prints "ready PORT" when it listens, and ends with its standard input.
"""

import asyncio
import sys

from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.device import ModbusDeviceIdentification
from pymodbus.server import async_io


async def main():
    asyncio.get_running_loop().add_reader(sys.stdin, sys.exit)  # nothing is ever sent: this is the end
    unit = ModbusSlaveContext(hr=ModbusSparseDataBlock({0: 1}), zero_mode=True)
    identity = ModbusDeviceIdentification(
        info_name={"VendorName": "Cong ty Dien", "ProductCode": "DM-300", "MajorMinorRevision": "2.1"})
    server = async_io.ModbusTcpServer(ModbusServerContext(slaves={7: unit}, single=False), identity=identity,
                                      address=("127.0.0.1", 0), ignore_missing_slaves=True)
    serving = asyncio.ensure_future(server.serve_forever())
    await server.serving
    print("ready", server.server.sockets[0].getsockname()[1], flush=True)
    await serving


asyncio.run(main())
