package server

import (
	"context"
	"time"

	"rostrum/queue"
	"rostrum/server/disk"
)

// lookPause is the time between two looks at the disk. What delegates may have written in the meantime is far
// below the reserve.
const lookPause = time.Second

// diskView is what the officers are told of a disk that is nearly full.
type diskView struct {
	Level   string `json:"level"` // nearly, or low: only officers' commands are taken
	Free    int64  `json:"free_bytes"`
	Reserve int64  `json:"reserve_bytes"`
}

// watchDisk looks at the disk until the context ends, and tells the log, the metrics and the officers.
func (s *Server) watchDisk(ctx context.Context) {
	if s.space == nil {
		return
	}
	var last disk.Reading
	for {
		now := s.lookAtDisk()
		if s.metrics.disk(now); now.Level != last.Level {
			s.logDisk(now)
		}
		if now.Err != nil && last.Err == nil {
			s.log.Warn("the disk is not watched as it should be", "err", now.Err)
		}
		last = now
		pause(ctx, lookPause)
		if ctx.Err() != nil {
			return
		}
	}
}

// lookAtDisk looks at the disk, and holds what was seen against those who write.
func (s *Server) lookAtDisk() disk.Reading {
	failing := false
	for _, d := range s.order {
		failing = failing || !d.room.Writable()
	}
	now := s.space.Look(failing)
	var told *diskView
	if now.Level != disk.Ample {
		const step = 8 << 20 // a smaller change is not worth telling
		told = &diskView{now.Level.String(), now.Free / step * step, now.Reserve}
	}
	s.diskLow.Store(now.Level == disk.Low)
	for _, d := range s.order {
		d.hub.tellDisk(told)
	}
	return now
}

func (s *Server) logDisk(now disk.Reading) {
	const mib = 1 << 20
	args := []any{"free_mib", now.Free / mib, "reserve_mib", now.Reserve / mib}
	switch now.Level {
	case disk.Ample:
		s.log.Info("the disk has room again", args...)
	case disk.Nearly:
		s.log.Warn("the disk is nearly full: free some space", args...)
	case disk.Low:
		s.log.Warn("the disk is nearly full: nothing is written any more but what officers do. Free some space", args...)
	}
}

// mayWrite refuses what a delegate has the server write while the disk is nearly full: what is left is for
// the officers.
func (s *Server) mayWrite(g *Grant) error {
	if s.diskLow.Load() && !exempt(g) {
		return errDiskLow()
	}
	return nil
}

func errDiskLow() *queue.Error {
	return refuse(diskLow, "The disk of the server is nearly full: it takes only officers' commands, and no files. Tell the technician, and try again later.")
}

// diskError gives the refusal of a file that could not be stored because there is no room.
func diskError(err error) error {
	if !disk.Full(err) {
		return err
	}
	refusal := refuse(diskFull, "The disk of the server is full: the file was not stored. Tell the technician, and send it again.")
	refusal.Err = err
	return refusal
}
