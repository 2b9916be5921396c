package report

import (
	"fmt"
	"time"

	"github.com/lineproof/lineproof/internal/strictyaml"
)

// Particulars are what an office knows of its project and no machine measures. All may be missing.
type Particulars struct {
	Office        Office      `yaml:"office"`
	Project       Project     `yaml:"project"`
	Basis         []string    `yaml:"basis"` // further legal basis, such as the contract
	Meeting       Meeting     `yaml:"meeting"`
	A             Party       `yaml:"a"`
	B             Party       `yaml:"b"`
	Establishment Place       `yaml:"establishment"` // where the machines stand, if that is not B
	Machines      []Machine   `yaml:"machines"`
	Money         []Money     `yaml:"money"`
	Declared      []Indicator `yaml:"declared"`
	Recipients    []string    `yaml:"recipients"`
	Copies        string      `yaml:"copies"`
	Verify        string      `yaml:"verify"` // address of the page that checks bundles
}

// Office issues the document.
type Office struct {
	Above    string `yaml:"above"` // the organisation over it
	Name     string `yaml:"name"`
	Number   string `yaml:"number"` // such as 12/BB-TTKC
	Place    string `yaml:"place"`
	Date     Day    `yaml:"date"`
	Position string `yaml:"position"` // of the signer
	Signer   string `yaml:"signer"`
}

// Project is what was supported.
type Project struct {
	Name     string `yaml:"name"`
	Code     string `yaml:"code"`
	Contract string `yaml:"contract"` // its number and date
	Period   string `yaml:"period"`
}

// Meeting is where and when the acceptance took place.
type Meeting struct {
	Place string `yaml:"place"`
	Began string `yaml:"began"`
	Ended string `yaml:"ended"`
}

// Place is an establishment.
type Place struct {
	Name    string `yaml:"name"`
	Address string `yaml:"address"`
}

// Party is one side of the contract.
type Party struct {
	Name    string   `yaml:"name"`
	Address string   `yaml:"address"`
	Phone   string   `yaml:"phone"`
	TaxCode string   `yaml:"tax_code"`
	People  []Person `yaml:"people"` // the first signs
}

// Person stands for a party.
type Person struct {
	Name     string `yaml:"name"`
	Position string `yaml:"position"`
}

// Machine is one kind of machine that was bought.
type Machine struct {
	Name     string   `yaml:"name"`
	Model    string   `yaml:"model"`
	Origin   string   `yaml:"origin"`
	Year     string   `yaml:"year"`
	Quantity *float64 `yaml:"quantity"`
	Price    *float64 `yaml:"price"` // of all of them, in dong
}

// Money is one source of money, in dong.
type Money struct {
	Source  string   `yaml:"source"`
	Planned *float64 `yaml:"planned"`
	Spent   *float64 `yaml:"spent"`
}

// Indicator is a figure that somebody declared and nobody measured.
type Indicator struct {
	Name   string   `yaml:"name"`
	Unit   string   `yaml:"unit"`
	Before *float64 `yaml:"before"`
	After  *float64 `yaml:"after"`
}

// Day is a date such as 2024-04-30.
type Day struct{ time.Time }

// UnmarshalText takes a date that there is.
func (d *Day) UnmarshalText(text []byte) (err error) {
	if d.Time, err = time.Parse(time.DateOnly, string(text)); err != nil {
		return fmt.Errorf("%q is no day; write it as 2024-04-30", text)
	}
	return nil
}

// ReadParticulars reads them from YAML, which came from the named file. The error holds every mistake with its place.
func ReadParticulars(file string, src []byte) (p Particulars, err error) {
	doc := strictyaml.Parse(file, src)
	if err := doc.Err(); err != nil { // no YAML: nothing more can be said of it
		return p, err
	}
	doc.Root().Decode(&p)
	return p, doc.Err()
}

// signer of a party is its first person.
func (p Party) signer() string {
	if len(p.People) == 0 {
		return ""
	}
	return p.People[0].Name
}
