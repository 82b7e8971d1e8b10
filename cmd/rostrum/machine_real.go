//go:build !fakeclock

package main

func thisMachine() machine { return realMachine() }
