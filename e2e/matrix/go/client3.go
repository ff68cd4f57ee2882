package main

import (
	"errors"
	"net"
	"net/url"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// client3 speaks MQTT 3.1.1 by paho.mqtt.golang.
type client3 struct {
	inbox chan message
	mqtt  mqtt.Client
}

func (c *client3) connect(given command, conn net.Conn) (bool, error) {
	o := mqtt.NewClientOptions().AddBroker("tcp://given").SetClientID(given.Id).SetProtocolVersion(4)
	o.SetUsername(given.Username).SetPassword(given.Password).SetCleanSession(given.Clean)
	o.SetAutoReconnect(false).SetConnectRetry(false).SetConnectTimeout(wait)
	o.SetCustomOpenConnectionFn(func(*url.URL, mqtt.ClientOptions) (net.Conn, error) { return conn, nil })
	o.SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) {
		c.inbox <- message{Topic: m.Topic(), Payload: string(m.Payload()), Qos: m.Qos(), Retain: m.Retained()}
	})
	if w := given.Will; w != nil {
		o.SetWill(w.Topic, w.Payload, w.Qos, w.Retain)
	}
	c.mqtt = mqtt.NewClient(o)
	token := c.mqtt.Connect()
	if err := finish(token); err != nil {
		return false, err
	}
	return token.(*mqtt.ConnectToken).SessionPresent(), nil
}

func (c *client3) subscribe(filter string, qos byte, _ bool) error {
	return finish(c.mqtt.Subscribe(filter, qos, nil))
}

func (c *client3) unsubscribe(filter string) error { return finish(c.mqtt.Unsubscribe(filter)) }

func (c *client3) publish(m *message) error {
	return finish(c.mqtt.Publish(m.Topic, m.Qos, m.Retain, m.Payload))
}

func (c *client3) disconnect() error {
	c.mqtt.Disconnect(100)
	return nil
}

func finish(token mqtt.Token) error {
	if !token.WaitTimeout(wait) {
		return errors.New("no answer")
	}
	return token.Error()
}
