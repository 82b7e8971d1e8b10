// Package static holds the pages as the browser loads them. There is no build
// step: what is here is what runs.
package static

import "embed"

// Files are the pages and all that they load.
//
//go:embed *.html css/*.css js/*.js messages vendor
var Files embed.FS
