output "container_id" {
  description = "Id of the container."
  value       = docker_container.runtime.id
}

output "mqtt_socket" {
  description = "Socket on this host that speaks MQTT behind a PROXY v2 header."
  value       = "${var.run_folder}/mqtt.sock"
}
