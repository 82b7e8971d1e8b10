package server

import (
	_ "embed"
	"fmt"
	"net/http"
	"sync"

	"github.com/labstack/echo/v4"
)

// openAPI describes the wire to programs.
//
//go:embed openapi.yaml
var openAPI []byte

func serveOpenAPI() echo.HandlerFunc {
	description := sync.OnceValues(func() (*asset, error) { return newAsset("openapi.yaml", openAPI) })
	return func(c echo.Context) error {
		f, err := description()
		if err != nil {
			return fmt.Errorf("compressing the description of the API: %w", err)
		}
		return f.serve(c, http.StatusOK)
	}
}
