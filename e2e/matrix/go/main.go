// Eclipse Paho for Go as a client of the feature matrix: one command a line in, one answer a line out.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/net/websocket"
)

const wait = 5 * time.Second

type endpoint struct {
	Transport, Host, Path, CaFile string
	Port                          int
}

type message struct {
	Topic          string            `json:"topic"`
	Payload        string            `json:"payload"`
	Qos            byte              `json:"qos"`
	Retain         bool              `json:"retain"`
	UserProperties map[string]string `json:"userProperties,omitempty"`
	ResponseTopic  string            `json:"responseTopic,omitempty"`
}

type command struct {
	Op, Client, Id, Username, Password, Filter string
	Endpoint                                   endpoint
	Version, TimeoutMs                         int
	Clean, NoLocal                             bool
	Will, Message                              *message
}

type answer map[string]any

// client is one connection, by either library.
type client interface {
	connect(command, net.Conn) (sessionPresent bool, err error)
	subscribe(filter string, qos byte, noLocal bool) error
	unsubscribe(filter string) error
	publish(*message) error
	disconnect() error
}

type state struct {
	client client
	conn   net.Conn
	inbox  chan message
}

func main() {
	clients := map[string]*state{}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			panic(err)
		}
		result, err := run(clients, c)
		if err != nil {
			result = answer{"error": err.Error()}
		}
		if err := out.Encode(result); err != nil {
			return
		}
	}
}

func run(clients map[string]*state, c command) (answer, error) {
	if c.Op == "connect" {
		return connect(clients, c)
	}
	s := clients[c.Client]
	switch c.Op {
	case "subscribe":
		return answer{}, s.client.subscribe(c.Filter, c.Message.Qos, c.NoLocal)
	case "unsubscribe":
		return answer{}, s.client.unsubscribe(c.Filter)
	case "publish":
		return answer{}, s.client.publish(c.Message)
	case "disconnect":
		return answer{}, s.client.disconnect()
	case "cut":
		return answer{}, s.conn.Close()
	case "receive":
		select {
		case m := <-s.inbox:
			return answer{"message": m}, nil
		case <-time.After(time.Duration(c.TimeoutMs) * time.Millisecond):
			return answer{"message": nil}, nil
		}
	}
	return nil, errors.New("unknown command " + c.Op)
}

func connect(clients map[string]*state, c command) (answer, error) {
	conn, err := dial(c.Endpoint)
	if err != nil {
		return nil, err
	}
	s := &state{conn: conn, inbox: make(chan message, 1000)}
	if c.Version == 5 {
		s.client = &client5{inbox: s.inbox}
	} else {
		s.client = &client3{inbox: s.inbox}
	}
	clients[c.Client] = s
	present, err := s.client.connect(c, conn)
	return answer{"sessionPresent": present}, err
}

// dial opens the transport, so that it can also be cut.
func dial(e endpoint) (net.Conn, error) {
	address := net.JoinHostPort(e.Host, fmt.Sprint(e.Port))
	secure := &tls.Config{ServerName: e.Host, RootCAs: x509.NewCertPool()}
	if pem, err := os.ReadFile(e.CaFile); err == nil {
		secure.RootCAs.AppendCertsFromPEM(pem)
	}
	switch e.Transport {
	case "tcp":
		return net.DialTimeout("tcp", address, wait)
	case "tls":
		return tls.DialWithDialer(&net.Dialer{Timeout: wait}, "tcp", address, secure)
	}
	config, err := websocket.NewConfig(e.Transport+"://"+address+e.Path, "http://"+address)
	if err != nil {
		return nil, err
	}
	config.Protocol = []string{"mqtt"}
	config.TlsConfig = secure
	conn, err := websocket.DialConfig(config)
	if err != nil {
		return nil, err
	}
	conn.PayloadType = websocket.BinaryFrame
	return conn, nil
}
