// A peer of domain_xml: Go's libvirtxml, which parses a stored document into typed structures and writes it again.
//
//	libvirtxml FOLDER
//
// prints the median seconds of five rounds over every document in FOLDER; reading the files is not counted.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"time"

	"libvirt.org/go/libvirtxml"
)

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	paths, err := filepath.Glob(filepath.Join(os.Args[1], "*.xml"))
	fail(err)
	var texts []string
	for _, path := range paths {
		text, err := os.ReadFile(path)
		fail(err)
		texts = append(texts, string(text))
	}
	var rounds []float64
	for round := 0; round < 5; round++ {
		start := time.Now()
		for _, text := range texts {
			domain := &libvirtxml.Domain{}
			fail(domain.Unmarshal(text))
			_, err := domain.Marshal()
			fail(err)
		}
		rounds = append(rounds, time.Since(start).Seconds())
	}
	sort.Float64s(rounds)
	fmt.Println(rounds[len(rounds)/2])
}
