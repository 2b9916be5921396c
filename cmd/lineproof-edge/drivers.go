package main

import (
	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/gpio"
	"github.com/lineproof/lineproof/drivers/hx711"
	"github.com/lineproof/lineproof/drivers/i2c"
	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/drivers/onewire"
	"github.com/lineproof/lineproof/drivers/spi"
)

// kinds are the drivers that there are, by the name that a configuration gives.
func kinds() map[string]drivers.Kind {
	return map[string]drivers.Kind{
		"modbus":  modbus.Kind(),
		"gpio":    gpio.New,
		"hx711":   hx711.New,
		"i2c":     i2c.New,
		"onewire": onewire.New,
		"spi":     spi.New,
	}
}
