package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

// The largest body of a command, in bytes; of one that writes a note, whose 10,000 characters and tags may each come
// as two escapes of six bytes; and of one that orders a list, which names each of its requests.
const (
	maxBody      = 16 << 10
	maxNoteBody  = 160 << 10
	maxOrderBody = 512 << 10
)

// largest is how large the body of what v holds may be.
func largest(v any) int64 {
	switch v.(type) {
	case *queue.WriteNote:
		return maxNoteBody
	case *queue.Reorder:
		return maxOrderBody
	}
	return maxBody
}

// decode reads the body of a request into v, a pointer to a struct: JSON, not larger than
// v may be, one object with members that v knows. What the headers say is refused before
// the body is waited for.
func decode(c echo.Context, v any) error {
	r, most := c.Request(), largest(v)
	switch {
	case r.ContentLength > most:
		return tooLarge(most)
	case r.ContentLength >= 0 && !isJSON(r):
		return errNotJSON()
	}
	body, err := readBody(c, most)
	switch {
	case err != nil:
		return err
	case !isJSON(r):
		return errNotJSON()
	}
	return decodeObject(body, v)
}

// readBody reads a body to its end, which may have so many bytes at the most.
func readBody(c echo.Context, most int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, most))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, tooLarge(most)
	case err != nil:
		return nil, refuse(queue.Malformed, "The body could not be read to its end.")
	}
	return body, nil
}

func isJSON(r *http.Request) bool {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && mediaType == "application/json"
}

func errNotJSON() error {
	return refuse(notJSON, "The body must be JSON, with Content-Type: application/json.")
}

func tooLarge(most int64) error {
	return refuse(bodyTooLarge, "The body is larger than %d bytes.", most)
}

// decodeObject decodes a JSON object member by member, so that a mistake is
// told with the member that it is in, and members match by their exact names.
func decodeObject(body []byte, v any) error {
	if !utf8.Valid(body) {
		return refuse(queue.Malformed, "The body is not UTF-8.")
	}
	var members map[string]json.RawMessage
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&members); err != nil || members == nil {
		return refuse(queue.Malformed, "The body is not a JSON object.")
	}
	if _, err := d.Token(); err != io.EOF {
		return refuse(queue.Malformed, "The body holds more than one JSON object.")
	}
	fields := make(map[string]reflect.Value)
	object := reflect.ValueOf(v).Elem()
	for i := range object.NumField() {
		name, _, _ := strings.Cut(object.Type().Field(i).Tag.Get("json"), ",")
		if name != "-" {
			fields[name] = object.Field(i)
		}
	}
	for name, member := range members {
		field, ok := fields[name]
		if !ok {
			return &queue.Error{Code: queue.Malformed, Field: name, Detail: "This member is not known here. Check its spelling."}
		}
		if _, own := field.Addr().Interface().(json.Unmarshaler); !own && string(member) == "null" {
			return &queue.Error{Code: queue.Malformed, Field: name, Detail: "The value cannot be null. Leave the member out."}
		}
		if err := json.Unmarshal(member, field.Addr().Interface()); err != nil {
			return &queue.Error{Code: queue.Malformed, Field: name, Detail: describe(err), Err: err}
		}
	}
	return nil
}

// describe says in words which JSON value was expected.
func describe(err error) string {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return "The value is not right."
	}
	expected := map[reflect.Kind]string{
		reflect.String: "a text", reflect.Bool: "true or false", reflect.Int: "a whole number", reflect.Int64: "a whole number",
		reflect.Map: "an object", reflect.Slice: "a list",
	}[wrong.Type.Kind()]
	if expected == "" {
		return fmt.Sprintf("The value cannot be a %s.", wrong.Value)
	}
	return fmt.Sprintf("The value must be %s, not a %s.", expected, wrong.Value)
}
