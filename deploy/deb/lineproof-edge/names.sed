s/@NAME@/lineproof-edge/g
s/@GROUPS@/dialout gpio i2c spi/g
s/@DATA@/the gateway's key and what the collector has not confirmed/g
