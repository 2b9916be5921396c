// A PLC made with modbus-serial for Node: an implementation of Modbus that Lineproof's authors did not write.
//
//   node server.mjs tcp PORT    Modbus TCP; on a free port when it is 0
//   node server.mjs rtu PATH    on a serial port
//
// It holds what testdata/plc.py holds, without the values, prints "ready PORT" and ends with its standard
// input. A unit that is not there is silent.
import modbus from "modbus-serial";

const [how, where] = process.argv.slice(2);

const illegalAddress = () => Object.assign(new Error("illegal data address"), { modbusErrorCode: 2 });

function lookUp(first, end, value) {
  return (address, unit) => {
    if (unit < 1 || unit > 3) return new Promise(() => {}); // never
    if (address < first || address >= end) throw illegalAddress();
    return value(address, unit);
  };
}

const vector = {
  getHoldingRegister: lookUp(1000, 2000, (address, unit) => (unit << 12) + address),
  getInputRegister: lookUp(1000, 2000, (address, unit) => ((unit << 12) + address) | 0x8000),
  getCoil: lookUp(0, 100, (address) => address % 3 === 0),
  getDiscreteInput: lookUp(0, 100, (address) => address % 4 === 0),
};

process.stdin.resume().on("end", () => process.exit(0));
if (how === "rtu") {
  const openCallback = (err) => {
    if (err) throw err;
    console.log("ready 0");
  };
  new modbus.ServerSerial(vector, { path: where, baudRate: 115200, unitID: 255, interval: 1, openCallback });
} else {
  const server = new modbus.ServerTCP(vector, { host: "127.0.0.1", port: where, unitID: 255 });
  server.on("initialized", () => console.log("ready", server._server.address().port));
  server.on("socketError", () => {}); // a client that went away
}
