// Package static holds the pages as the browser loads them. There is no build
// step: what is here is what runs.
package static

import "embed"

// Files are the pages and all that they load.
//
//go:embed *.html *.webmanifest css/*.css js/*.js icons messages vendor
var Files embed.FS
