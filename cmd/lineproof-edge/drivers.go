package main

import (
	"github.com/lineproof/lineproof/drivers"
	"github.com/lineproof/lineproof/drivers/modbus"
)

// kinds are the drivers that there are, by the name that a configuration gives.
func kinds() map[string]drivers.Kind {
	return map[string]drivers.Kind{
		"modbus": modbus.Kind(),
	}
}
