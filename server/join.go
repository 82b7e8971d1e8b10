package server

import (
	"context"
	"crypto/subtle"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

// joinedFor is how long a join is valid, in milliseconds.
const joinedFor = 7 * 24 * 3600 * 1000

// join lets somebody in the room act for a participant.
func (s *Server) join(c echo.Context) (err error) {
	defer func() { s.metrics.command("POST /join", err) }()
	d, err := s.debate(c) // a token that a browser still has counts for nothing here
	if err != nil {
		return err
	}
	if err := s.origins.Check(c.Request()); err != nil {
		return refuse(crossOrigin, "The request was made by a page of another site.")
	}
	var body struct {
		Participant string `json:"participant"`
		Code        string `json:"code"`
	}
	if err := decode(c, &body); err != nil {
		return err
	}
	if !queue.ValidID(body.Participant) {
		return &queue.Error{Code: queue.Malformed, Field: "participant", Detail: "Say whom you speak for, by the id on the roster."}
	}
	if err := s.tryCode(c, d, body.Participant, body.Code); err != nil {
		return err
	}
	state := d.room.State()
	if _, ok := state.Participants()[body.Participant]; !ok {
		return &queue.Error{Code: queue.NoSuchParticipant, Field: "participant", Detail: "There is no such participant on the roster. The chair can add one."}
	}
	grant := Grant{
		Debate: d.id, Role: queue.Delegate, Participant: body.Participant,
		Session: newSession(), Expires: s.clock.Now() + joinedFor,
	}
	grant.Generation = state.Generation(grant.actor())
	if err := s.claim(c.Request().Context(), d, &grant); err != nil {
		return err
	}
	token := s.keys.Sign(grant)
	s.setCookie(c, d.id, queue.Delegate, token)
	noStore(c)
	return c.JSON(http.StatusOK, map[string]string{"token": token})
}

// tryCode refuses a code that is wrong, and any where too many wrong ones came
// before.
func (s *Server) tryCode(c echo.Context, d *debate, participant, code string) error {
	code = strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, code)
	state, now := d.room.State(), s.clock.Now()
	numbers := state.JoinNumbers(now)
	if len(numbers) == 0 {
		return refuse(joinOff, "Nobody joins by the code now. Scan your badge, or ask the chair.")
	}
	if _, ok := state.Participants()[participant]; !ok {
		participant = "" // all names that do not exist count as one
	}
	guess := d.guesses.of(c.Request().RemoteAddr, participant)
	if wait := guess.wait(time.UnixMilli(now)); wait > 0 {
		seconds := int(math.Ceil(wait.Seconds()))
		c.Response().Header().Set("Retry-After", strconv.Itoa(seconds))
		return refuse(rateLimited, "Too many wrong codes. Wait %d seconds, then enter the number on the display; or scan your badge.", seconds)
	}
	right := 0
	for _, number := range numbers {
		right |= subtle.ConstantTimeCompare([]byte(code), []byte(s.keys.JoinCode(d.id, number)))
	}
	if right != 1 {
		guess.wrong(time.UnixMilli(now))
		return refuse(badCode, "The join code is not right. It is the number on the display in the room.")
	}
	guess.right()
	return nil
}

// claim tells the chair of who came by the join code, where it confirms those.
func (s *Server) claim(ctx context.Context, d *debate, g *Grant) error {
	if !d.room.State().ClaimPending(g.actor()) {
		return nil
	}
	_, err := d.room.Submit(ctx, queue.Submission{At: s.clock.Now(), By: g.actor(), Command: new(queue.ClaimSeat)})
	return err
}

// claimLate makes the claim of a session from before the debate wanted one, once it
// is refused for that.
func (s *Server) claimLate(ctx context.Context, d *debate, g *Grant, refused error) error {
	var refusal *queue.Error
	if !errors.As(refused, &refusal) || refusal.Code != queue.ClaimPending {
		return nil
	}
	return s.claim(ctx, d, g)
}

// changeCode changes a debate's join code at the end of each period, until the
// context ends.
func (s *Server) changeCode(ctx context.Context, d *debate) {
	changed := d.room.Watch()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Stop()
		if join := d.room.State().Join(); join.Until != 0 && !join.Off {
			timer.Reset(time.Duration(max(0, join.Until-s.clock.Now())) * time.Millisecond)
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
			continue
		case <-timer.C:
		}
		if join := d.room.State().Join(); join.Until == 0 || join.Off {
			continue
		}
		_, err := d.room.Submit(ctx, queue.Submission{At: s.clock.Now(), By: queue.Actor{Role: queue.Server}, Command: new(queue.ChangeCode)})
		if err == nil || ctx.Err() != nil {
			continue
		}
		s.log.Warn("the join code could not be changed", "debate", d.id, "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}
