package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"rostrum/server/cert"
	"rostrum/server/statements"
)

// toStdout is the name of a backup that goes to standard output.
const toStdout = "-"

// backup copies the data into one file, from which a server goes on when it is
// put into a data directory as rostrum.db.
func backup(ctx context.Context, args []string, e env) error {
	f := flags("backup", "FILE, or - for standard output", e)
	flags := addDataFlags(f, e)
	if err := parse(f, args, 1, e); err != nil {
		return err
	}
	name, dir := f.Arg(0), dataDir(*flags.dir, e)
	d, err := flags.openToRead(ctx, e)
	if err != nil {
		return err
	}
	defer d.close()
	if name == toStdout {
		err = d.backupTo(ctx, e.stdout)
		tellWhatIsBeside(dir, e)
	} else {
		err = d.backupFile(ctx, name, dir, e)
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	shut, err := d.unopened(ctx)
	if err != nil {
		return fmt.Errorf("backup: reading the debates of it: %w", err)
	}
	for _, id := range slices.Sorted(maps.Keys(shut)) {
		fmt.Fprintf(e.stderr, "rostrum: the copy has the debate %q as it is here, where it cannot be opened, so keep the backups from before. %s\n", id, shut[id])
	}
	return nil
}

// backupTo writes a copy of the data as of one instant.
func (d *data) backupTo(ctx context.Context, w io.Writer) error {
	if d.store == nil {
		return d.get(ctx, "/api/v1/backup", w)
	}
	_, err := d.store.Backup(&until{ctx, w})
	return err
}

// until writes as long as a context goes on.
type until struct {
	ctx context.Context
	w   io.Writer
}

func (u *until) Write(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.w.Write(b)
}

// tellWhatIsBeside says what is no part of one file.
func tellWhatIsBeside(dir string, e env) {
	for _, folder := range []string{statementsDir(dir), authorityDir(dir)} {
		if _, err := os.Stat(folder); err == nil {
			fmt.Fprintf(e.stderr, "rostrum: %s is not in the copy: back it up too, after this\n", folder)
		}
	}
}

// backupFile writes the copy to a file, and beside it the written statements and the certificate authority, which
// have files of their own. What has these names is whole: they are given at the end, the file's last. So whoever finds the file
// has all of it, and whoever breaks the backup off has nothing.
func (d *data) backupFile(ctx context.Context, name, dir string, e env) (err error) {
	written, authority := name+".statements", name+".tls"
	for _, path := range []string{name, written, authority} {
		if err := vacant(path); err != nil {
			return err
		}
	}
	unfinished, err := os.MkdirTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*") // 0700
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(unfinished)) }()
	file, folder, tls := filepath.Join(unfinished, "data"), filepath.Join(unfinished, "statements"), filepath.Join(unfinished, "tls")
	if err := d.backupInto(ctx, file); err != nil {
		return err
	}
	// After the data: what these know of is there.
	if err := statements.Open(statementsDir(dir)).CopyTo(ctx, folder); err != nil {
		return fmt.Errorf("copying the written statements: %w", err)
	}
	if _, err := cert.CopyAuthority(authorityDir(dir), tls); err != nil {
		return err
	}
	var said string
	for _, made := range []struct{ from, to, note string }{
		{folder, written, "The written statements are in %s: put it there as statements.\n"},
		{tls, authority, "The server's own certificate authority is in %s: put it there as tls, and the devices trust the server.\n"},
		{file, name, "The data are in %s. To go on from them, put the file into an empty data directory as rostrum.db.\n"},
	} {
		if _, missing := os.Stat(made.from); errors.Is(missing, fs.ErrNotExist) {
			continue
		}
		if err := publish(made.from, made.to); err != nil {
			return err
		}
		if made.to != name {
			defer func() {
				if err != nil {
					err = errors.Join(err, os.RemoveAll(made.to)) // it has just been made
				}
			}()
		}
		said += fmt.Sprintf(made.note, made.to)
	}
	fmt.Fprint(e.stdout, said)
	return nil
}

// backupInto writes the copy to a new file, durably.
func (d *data) backupInto(ctx context.Context, path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = d.backupTo(ctx, file)
	return errors.Join(err, file.Sync(), file.Close())
}

// vacant refuses a name that something has.
func vacant(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s is there already: choose another name or remove it", path)
	}
	return nil
}

// publish gives what is whole its name, which nothing else has.
func publish(from, to string) error {
	err := os.Link(from, to) // which, unlike a rename, never takes the place of another file
	if err == nil {
		return nil
	}
	// A folder, or a file system without links.
	if err := vacant(to); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// unopened are the debates that cannot be opened, with why: as a running server found them, or as they are.
func (d *data) unopened(ctx context.Context) (map[string]string, error) {
	if d.store == nil {
		return d.Unopened, nil
	}
	ids, err := d.store.Debates()
	if err != nil {
		return nil, err
	}
	var shut []unopened
	for _, id := range ids {
		_, err := d.state(ctx, id)
		if u := new(unopened); errors.As(err, u) {
			shut = append(shut, *u)
		} else if err != nil {
			return nil, err
		}
	}
	return reasons(shut), nil
}
