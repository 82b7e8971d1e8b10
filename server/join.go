package server

import (
	"context"
	"crypto/hmac"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

// joinPath is where somebody joins, below a debate's address.
const joinPath = "/join"

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

// tryCode refuses a code that is wrong, and says when to send one again where too many are
// tried. A join token meets no limit.
func (s *Server) tryCode(c echo.Context, d *debate, participant, code string) error {
	state, r := d.room.State(), c.Request()
	numbers := state.JoinNumbers(s.clock.Now())
	if len(numbers) == 0 {
		return nobodyJoins()
	}
	if strings.HasPrefix(code, joinMark) {
		return s.tryToken(r, d, numbers, code)
	}
	if err := s.limits.join(r, time.Now()); err != nil {
		return err
	}
	code = strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, code)
	if _, ok := state.Participants()[participant]; !ok {
		participant = "" // all names that do not exist count as one
	}
	switch done := d.guesses.try(r.Context(), r.RemoteAddr, participant, code); done.is {
	case judgedRight:
		return nil
	case judgedOff:
		return nobodyJoins()
	case judgedWrong:
		return refuse(badCode, "The join code is not right. It is the number on the display in the room.")
	default:
		wait := &limited{after: done.after}
		wait.refusal = refuse(rateLimited, "Many codes are tried on this network. Send the number on the display again in %s seconds, or scan the QR code beside it, which lets you in at once; or scan your badge.", wait.retryAfter())
		return wait
	}
}

// tryToken refuses a join token that is not of now. Nobody finds one by trying.
func (s *Server) tryToken(r *http.Request, d *debate, numbers []int64, token string) error {
	for _, number := range numbers {
		if hmac.Equal([]byte(token), []byte(s.keys.JoinToken(d.id, number))) {
			d.guesses.welcome(r.RemoteAddr)
			return nil
		}
	}
	return refuse(badCode, "The QR code that was scanned is not that of now. Scan the one on the display again, or enter the number beside it.")
}

func nobodyJoins() error {
	return refuse(joinOff, "Nobody joins by the code now. Scan your badge, or ask the chair.")
}

// joinCodes are the codes by which one may join a debate now.
func (s *Server) joinCodes(d *debate) []string {
	var codes []string
	for _, number := range d.room.State().JoinNumbers(s.clock.Now()) {
		codes = append(codes, s.keys.JoinCode(d.id, number))
	}
	return codes
}

// claim tells the chair of who came by the join code, where it confirms those.
func (s *Server) claim(ctx context.Context, d *debate, g *Grant) error {
	if !d.room.State().ClaimPending(g.actor()) {
		return nil
	}
	if err := s.mayWrite(g); err != nil {
		return err
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
		case <-d.retime:
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
