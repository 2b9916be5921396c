// Package edge is the agent on the gateway: it polls the devices of its configuration, reports what
// changed, seals that into numbered and chained batches, keeps them in its spool and sends them until the
// collector's receipts have come.
//
// It lives by a steady clock of its own; what that is in true time an anchor says, from the kernel or the collector.
// What is read before there is one waits on disk and is dated later.
//
// What it guarantees: a poll is never queued behind another, late ones are skipped and counted; what was
// not seen is never reported as a value; every batch is on disk before it is sent; neither a device nor
// the broker nor the disk can stop the polling. What had to be let go is told in a later batch as a gap.
//
// It does not interpret: counts, states and energy get their meaning at the collector, from the catalogue
// that the first batch after each start carries. All that it computes are the derived signals of its
// configuration, whose formulas are in that catalogue.
package edge
