terraform {
  required_version = ">= 1.5.0"

  required_providers {
    docker = {
      source = "kreuzwerker/docker"
      # Version 3 removes a stopped container while it merely refreshes.
      version = ">= 4.0.0, < 5.0.0"
    }
  }
}
