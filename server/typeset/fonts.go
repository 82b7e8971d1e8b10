// Package typeset sets short texts in any script as outlines, for what is printed. It
// knows nothing of debates, and of paper only its lengths.
package typeset

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/go-text/typesetting/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Fonts are the fonts that texts are set in: those that are built in for Latin,
// Greek and Cyrillic, and the machine's own for what these lack. They are for one goroutine.
type Fonts struct {
	regular, bold *font.Face
	dirs          []string
	files         []string // of the machine's fonts that are worth a look, best first; nil before it was looked
	looked        bool
	others        []*font.Face // of the machine, as they were needed
	missing       map[rune]bool
}

// NewFonts has the built-in fonts, and looks for others in directories and those below
// when they are needed.
func NewFonts(dirs []string) (*Fonts, error) {
	f := &Fonts{dirs: dirs, missing: make(map[rune]bool)}
	var err error
	if f.regular, err = font.ParseTTF(bytes.NewReader(goregular.TTF)); err != nil {
		return nil, fmt.Errorf("reading the built-in font: %w", err)
	}
	if f.bold, err = font.ParseTTF(bytes.NewReader(gobold.TTF)); err != nil {
		return nil, fmt.Errorf("reading the built-in bold font: %w", err)
	}
	return f, nil
}

// SystemDirs are the directories in which this machine keeps its fonts.
func SystemDirs() []string {
	home, _ := os.UserHomeDir() // without one there is no font of the user's
	switch runtime.GOOS {
	case "windows":
		return []string{filepath.Join(os.Getenv("WINDIR"), "Fonts"), filepath.Join(os.Getenv("LOCALAPPDATA"), "Microsoft", "Windows", "Fonts")}
	case "darwin":
		return []string{filepath.Join(home, "Library", "Fonts"), "/Library/Fonts", "/System/Library/Fonts"}
	default:
		return []string{filepath.Join(home, ".local", "share", "fonts"), filepath.Join(home, ".fonts"), "/usr/local/share/fonts", "/usr/share/fonts"}
	}
}

// wanted are parts of the names of font files that cover many characters in a plain
// hand, the best first, without regard to case.
var wanted = []string{
	"notosans-regular", "notosansarabic-regular", "notonaskharabic-regular", "notosanscjk-regular", "notosanssc-regular", "notosanscjksc",
	"sourcehansans", "dejavusans.", "droidsansfallback", "wqy-", "arialuni", "arial.", "segoeui.", "tahoma.", "msyh", "simsun",
	"pingfang", "hiragino sans gb", "stheiti", "geezapro", "sfarabic", "unifont",
}

// look lists the machine's fonts that are worth opening.
func (f *Fonts) look() {
	if f.looked {
		return
	}
	f.looked = true
	place := make(map[string]int)
	for _, dir := range f.dirs {
		_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return nil // what cannot be read has no font for us
			}
			name := strings.ToLower(e.Name())
			if ext := filepath.Ext(name); ext != ".ttf" && ext != ".ttc" && ext != ".otf" && ext != ".otc" {
				return nil
			}
			if i := slices.IndexFunc(wanted, func(part string) bool { return strings.Contains(name, part) }); i >= 0 {
				place[path] = i
				f.files = append(f.files, path)
			}
			return nil
		})
	}
	slices.SortStableFunc(f.files, func(a, b string) int { return place[a] - place[b] })
}

// face is a font that has a character, a built-in one where it can be.
func (f *Fonts) face(first *font.Face, r rune) *font.Face {
	if _, ok := first.NominalGlyph(r); ok {
		return first
	}
	for _, face := range f.others {
		if _, ok := face.NominalGlyph(r); ok {
			return face
		}
	}
	if f.missing[r] {
		return first
	}
	f.look()
	for i, file := range f.files {
		face := open(file, r)
		if face != nil {
			f.others = append(f.others, face)
			f.files = slices.Delete(f.files, i, i+1)
			return face
		}
	}
	f.missing[r] = true
	return first
}

// open reads a font file, and returns the font in it that has a character: in a
// collection the one for simplified Chinese before the others. It returns nil where there is none.
func open(file string, r rune) *font.Face {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	faces, err := font.ParseTTC(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	var found *font.Face
	for _, face := range faces {
		if _, ok := face.NominalGlyph(r); !ok {
			continue
		}
		family := face.Describe().Family
		if found == nil || strings.HasSuffix(family, " SC") && !strings.Contains(family, "Mono") {
			found = face
		}
	}
	return found
}

// Missing are the characters for which no font was found since the fonts were made.
func (f *Fonts) Missing() []rune {
	var out []rune
	for r := range f.missing {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}
