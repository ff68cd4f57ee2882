package main

import (
	"context"
	"fmt"
	"net"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"
)

// client5 speaks MQTT 5 by paho.golang.
type client5 struct {
	inbox chan message
	mqtt  *paho.Client
}

func soon() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), wait)
}

func (c *client5) connect(given command, conn net.Conn) (bool, error) {
	c.mqtt = paho.NewClient(paho.ClientConfig{
		// The library sends its first PINGREQ beside our first packet, each in several writes: only this keeps them apart.
		Conn:              packets.NewThreadSafeConn(conn),
		OnPublishReceived: []func(paho.PublishReceived) (bool, error){c.received},
	})
	expiry := uint32(300)
	if given.Clean {
		expiry = 0
	}
	packet := &paho.Connect{
		ClientID: given.Id, CleanStart: given.Clean, KeepAlive: 30,
		Username: given.Username, UsernameFlag: true, Password: []byte(given.Password), PasswordFlag: true,
		Properties: &paho.ConnectProperties{SessionExpiryInterval: &expiry},
	}
	if w := given.Will; w != nil {
		packet.WillMessage = &paho.WillMessage{Topic: w.Topic, Payload: []byte(w.Payload), QoS: w.Qos, Retain: w.Retain}
	}
	ctx, cancel := soon()
	defer cancel()
	connack, err := c.mqtt.Connect(ctx, packet)
	if err != nil {
		return false, err
	}
	return connack.SessionPresent, nil
}

func (c *client5) received(p paho.PublishReceived) (bool, error) {
	m := message{Topic: p.Packet.Topic, Payload: string(p.Packet.Payload), Qos: p.Packet.QoS, Retain: p.Packet.Retain}
	if properties := p.Packet.Properties; properties != nil {
		m.ResponseTopic = properties.ResponseTopic
		m.UserProperties = map[string]string{}
		for _, pair := range properties.User {
			m.UserProperties[pair.Key] = pair.Value
		}
	}
	c.inbox <- m
	return true, nil
}

func (c *client5) subscribe(filter string, qos byte, noLocal bool) error {
	ctx, cancel := soon()
	defer cancel()
	options := paho.SubscribeOptions{Topic: filter, QoS: qos, NoLocal: noLocal}
	_, err := c.mqtt.Subscribe(ctx, &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{options}})
	return err
}

func (c *client5) unsubscribe(filter string) error {
	ctx, cancel := soon()
	defer cancel()
	_, err := c.mqtt.Unsubscribe(ctx, &paho.Unsubscribe{Topics: []string{filter}})
	return err
}

func (c *client5) publish(m *message) error {
	ctx, cancel := soon()
	defer cancel()
	properties := &paho.PublishProperties{ResponseTopic: m.ResponseTopic}
	for key, value := range m.UserProperties {
		properties.User = append(properties.User, paho.UserProperty{Key: key, Value: value})
	}
	packet := &paho.Publish{Topic: m.Topic, QoS: m.Qos, Retain: m.Retain, Payload: []byte(m.Payload), Properties: properties}
	response, err := c.mqtt.Publish(ctx, packet)
	if err == nil && response != nil && response.ReasonCode >= 0x80 {
		return fmt.Errorf("refused with %#x", response.ReasonCode)
	}
	return err
}

func (c *client5) disconnect() error { return c.mqtt.Disconnect(&paho.Disconnect{}) }
