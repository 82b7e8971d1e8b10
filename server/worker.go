package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path"

	"github.com/labstack/echo/v4"
)

const (
	// manifest lets a phone put the delegate's page among its apps. It stands beside that
	// page, whose address it names by its last part, so that one file serves every debate.
	manifest = "floor.webmanifest"
	// workerScript is the service worker's, without the list of the files.
	workerScript = "js/worker.js"
)

// shell is what the pages of this release are built from: each file with its ETag.
type shell struct {
	Version string            `json:"version"`
	Files   map[string]string `json:"files"`
}

// worker serves the service worker: the script, behind the list of all files. So it is
// another script in each release, and a browser which has an older one takes this in its place. It stands
// at the root since a worker governs what is below its own address.
func (a *assets) worker(c echo.Context) error {
	f, err := a.withShell()
	if err != nil {
		return fmt.Errorf("writing the service worker: %w", err)
	}
	return f.serve(c, http.StatusOK)
}

func (a *assets) withShell() (*asset, error) {
	out := shell{Files: map[string]string{}}
	version := sha256.New()
	err := fs.WalkDir(a.files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch path.Ext(name) {
		case ".html", ".css", ".js", ".json", ".svg", ".png", ".webmanifest":
		default:
			return nil // licences, types
		}
		f, err := a.get(name)
		if err != nil {
			return err
		}
		out.Files["/static/"+name] = f.tag
		fmt.Fprintf(version, "%s %s\n", name, f.tag)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out.Version = hex.EncodeToString(version.Sum(nil)[:8])
	list, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	script, err := a.get(workerScript)
	if err != nil {
		return nil, err
	}
	return newAsset(workerScript, append(append([]byte("self.SHELL="), append(list, ";\n"...)...), script.plain...))
}
