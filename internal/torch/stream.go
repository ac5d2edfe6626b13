package torch

// #include "native/abi.h"
import "C"

// A Stream is a queue of work of a CUDA device, beside the one that operators and copies go to by themselves. What stands in one
// queue is done in its order; what stands in two is done in any, but for what an [Event] says.
type Stream struct {
	device Device
	id     C.int64_t
}

// NewStream takes a stream of a device from LibTorch's pool; there is nothing to free.
func (d Device) NewStream() *Stream {
	s := &Stream{device: d}
	check("new stream", C.gb_new_stream(C.int(d.Index()), &s.id))
	return s
}

// Queue puts what f asks of the device into the stream. It runs on the LibTorch thread.
func (s *Stream) Queue(f func()) {
	onLane("queue")
	var before C.int64_t
	check("queue", C.gb_exchange_stream(C.int(s.device.Index()), s.id, &before))
	defer func() {
		check("queue", C.gb_exchange_stream(C.int(s.device.Index()), before, &before))
	}()
	f()
}

// An Event is a place in a stream, for others to wait until it is reached. It is freed by its holder.
type Event struct{ e C.gb_event }

// NewEvent makes an event of a device. Nobody waits for it before it is recorded.
func (d Device) NewEvent() *Event {
	e := &Event{}
	check("new event", C.gb_new_event(&e.e, C.int(d.Index())))
	return e
}

// Record puts the event behind all that was asked of the present stream so far.
func (e *Event) Record() { check("record event", C.gb_record_event(e.e)) }

// Block makes the present stream wait for the event, in its turn; the host goes on.
func (e *Event) Block() { check("block on event", C.gb_block_on_event(e.e)) }

// Wait makes the caller wait for the event, on any goroutine. The error is the device's, of anything before.
func (e *Event) Wait() (err error) {
	defer Catch(&err)
	check("wait for event", C.gb_wait_for_event(e.e))
	return nil
}

// Free releases the event.
func (e *Event) Free() {
	if e != nil && e.e != nil {
		C.gb_free_event(e.e)
		e.e = nil
	}
}
