module "control_plane" {
  sizes = {
    api    = { cpu = 512, memory = 1024, tasks = 2 * var.tasks }
    worker = { cpu = 1024, memory = 2048, tasks = var.tasks }
  }
}
