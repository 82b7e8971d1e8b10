package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"rostrum/server/cert"
	"rostrum/server/statements"
)

// backup copies the data into one file, from which a server goes on when it is
// put into a data directory as rostrum.db.
func backup(ctx context.Context, args []string, e env) error {
	f := flags("backup", "FILE", e)
	dir := dataFlag(f, e)
	if err := parse(f, args, 1, e); err != nil {
		return err
	}
	name := f.Arg(0)
	d, err := openData(dataDir(*dir, e), e)
	if err != nil {
		return err
	}
	defer d.close()
	written, authority := name+".statements", name+".tls"
	for _, folder := range []string{written, authority} {
		if _, err := os.Lstat(folder); err == nil {
			return fmt.Errorf("backup: %s is there already: choose another name or remove it", folder)
		}
	}
	if d.store != nil {
		err = d.store.BackupFile(name)
	} else {
		err = d.download(ctx, name)
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := statements.Open(statementsDir(dataDir(*dir, e))).CopyTo(written); err != nil {
		return fmt.Errorf("backup: copying the written statements to %s: %w", written, err)
	}
	if _, err := os.Stat(written); err == nil {
		fmt.Fprintf(e.stdout, "The written statements are in %s: put it there as statements.\n", written)
	}
	copied, err := cert.CopyAuthority(authorityDir(dataDir(*dir, e)), authority)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if copied {
		fmt.Fprintf(e.stdout, "The server's own certificate authority is in %s: put it there as tls, and the devices trust the server.\n", authority)
	}
	fmt.Fprintf(e.stdout, "The data are in %s. To go on from them, put the file into an empty data directory as rostrum.db.\n", name)
	shut, err := d.unopened(ctx)
	if err != nil {
		return fmt.Errorf("backup: reading the debates of it: %w", err)
	}
	for _, id := range slices.Sorted(maps.Keys(shut)) {
		fmt.Fprintf(e.stderr, "rostrum: the copy has the debate %q as it is here, where it cannot be opened, so keep the backups from before. %s\n", id, shut[id])
	}
	return nil
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

// download writes the running server's copy to a new file.
func (d *data) download(ctx context.Context, name string) error {
	if _, err := os.Lstat(name); err == nil {
		return fmt.Errorf("%s is there already: choose another name or remove it", name)
	}
	temporary, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	err = d.get(ctx, "/api/v1/backup", temporary)
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	// A link, unlike a rename, never takes the place of another file.
	return os.Link(temporary.Name(), name)
}
